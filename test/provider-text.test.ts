import { providerText } from "../sdk/provider-text";
import { typeNameOf, vendors } from "../provider/vendors";

/** The line that every user's state holds for ever. If this test has to change, existing stacks break. */

const types = vendors.flatMap((vendor) =>
  vendor.resources.map((definition) => typeNameOf(vendor, definition)),
);

describe("the provider's line in state", () => {
  it("is what it was in the first release", () => {
    expect(types.map(providerText)).toMatchSnapshot();
  });

  it.each(types)("of %s has fewer than 120 bytes", (type) => {
    expect(Buffer.byteLength(providerText(type))).toBeLessThan(120);
  });
});
