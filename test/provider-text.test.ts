import { providerText } from "../sdk/provider-text";
import { hasSet } from "../provider/define/set";
import { setTypeNameOf, typeNameOf, vendors } from "../provider/vendors";

/** The line that every user's state holds for ever. If this test has to change, existing stacks break. */

const types = vendors.flatMap((vendor) =>
  vendor.resources.map((definition) => typeNameOf(vendor, definition)),
);
const setTypes = vendors.flatMap((vendor) =>
  vendor.resources.filter(hasSet).map((definition) => setTypeNameOf(vendor, definition)),
);

describe("the provider's line in state", () => {
  it("is what it was in the first release", () => {
    expect(types.map(providerText)).toMatchSnapshot();
  });

  it("of a set is what it was in the release that brought sets", () => {
    expect(setTypes.map(providerText)).toMatchSnapshot();
  });

  it.each([...types, ...setTypes])("of %s has fewer than 120 bytes", (type) => {
    expect(Buffer.byteLength(providerText(type))).toBeLessThan(120);
  });
});
