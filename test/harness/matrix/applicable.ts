import type { Definition } from "../../../provider/define";
import { propertyOf } from "../../../provider/define/schema";
import type { Vendor } from "../../../provider/define/vendor";
import * as faults from "../faults";
import { answersOf } from "../workbench";

/** The faults that say something of what is done with a resource. */
export class FaultsFor {
  private readonly answers: faults.Answers | undefined;
  private readonly isKeyed: boolean;
  /** Not only the answer to the create has the key. */
  private readonly showsKey: boolean;
  /** Last of all, because an account that was throttled goes slowly afterwards. */
  private readonly throttled: faults.AnswerFault[];

  constructor(
    vendor: Vendor,
    definition: Definition,
    private readonly anotherId: string,
  ) {
    this.answers = answersOf(vendor, definition);
    this.isKeyed = definition.rotation !== undefined;
    this.showsKey = !Object.keys(definition.outputs).some(
      (name) => propertyOf(definition.outputs, name).createOnly,
    );
    this.throttled = faults.throttled(vendor.retryAfterHeaders);
  }

  /** What a gateway says as well. */
  get everywhere(): faults.AnswerFault[] {
    return [
      ...faults.unreachable,
      ...faults.lost,
      ...faults.strange.filter(({ name }) => !this.answers?.readsTheList || name !== "an empty list"),
      ...faults.tooMuch,
      ...faults.refused,
      ...faults.strangeNotFound,
    ];
  }

  get list(): faults.AnswerFault[] {
    const all = [...this.everywhere, ...faults.harmless, ...faults.cut, ...this.throttled];
    return all.filter(({ name }) => !this.answers?.bareLists || name !== "an empty list");
  }

  get look(): faults.AnswerFault[] {
    return [
      ...this.everywhere,
      ...faults.harmless,
      ...faults.cut,
      ...this.about(this.isKeyed).filter(({ name }) => this.showsKey || name !== "key left out"),
      ...this.throttled,
    ];
  }

  /** For one request only, so that what the vendor says of it is believed only where the list agrees. */
  get oneLook(): faults.AnswerFault[] {
    return [...(this.answers?.readsTheList ? [] : this.notFound), ...this.look];
  }

  work(answersWith: "key" | "object" | "nothing" = this.isKeyed ? "key" : "object"): faults.AnswerFault[] {
    return [
      ...this.everywhere,
      ...(answersWith === "nothing" ? this.misplaced : this.about(answersWith === "key")),
      ...faults.afterWork([...faults.lost, ...faults.strange]),
      ...faults.harmless,
      ...faults.cut,
      ...this.throttled,
    ];
  }

  get notFound(): faults.AnswerFault[] {
    return this.answers ? faults.ownNotFound(this.answers) : [];
  }

  private get misplaced(): faults.AnswerFault[] {
    return this.answers ? faults.misplaced(this.answers) : [];
  }

  private about(keyed: boolean): faults.AnswerFault[] {
    const { answers, anotherId, misplaced } = this;
    if (!answers || answers.readsTheList) return misplaced;
    const keys = keyed ? faults.wrongKeys(answers) : [];
    return [...misplaced, ...faults.wrongIds(answers, anotherId), ...keys];
  }
}
