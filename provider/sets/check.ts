import { isDeepStrictEqual } from "node:util";
import type { Problem, Props } from "../define";
import { isUnknown } from "../engine-values";
import { type Checked, foreseeAdoption as foreseeItem } from "../lifecycle";
import { validate } from "../lifecycle/check";
import { formatPath } from "../lifecycle/problems";
import { inTurn } from "./in-turn";
import {
  inputsOfItem,
  itemsOf,
  misplaced,
  programOf,
  type SetInputs,
  shapeProblems,
  withoutRun,
} from "./program";
import { itemTypeOf, type SetType } from "./set-type";

/**
 * Validates each item as a resource of its own would be, several problems at once, each on its path: what comes from
 * `defaults` is said once, there. The inputs are kept as the program has them.
 */
export function check(set: SetType, olds: Props, news: Props): Checked {
  const { inputs, thisRun } = withoutRun(news);
  set.host.run.isPreview = thisRun.preview === true;
  set.declarations.set(String(inputs.origin), { ...thisRun, isAnnounced: !isDeepStrictEqual(olds, inputs) });
  set.written.set(String(inputs.origin), Object.keys(itemsOf(olds)));
  const problems = shapeProblems(inputs);
  if (problems.length > 0 || isUnknown(inputs.items) || isUnknown(inputs.defaults))
    return { inputs, problems };
  const program = inputs as SetInputs;
  const found = Object.entries(program.items).flatMap(([name, item]) =>
    isUnknown(item) ? [] : problemsOfItem(set, program, name),
  );
  return { inputs, problems: [...misplaced(program), ...unlikeEachOther(found)] };
}

/** Says at preview what the adoptions of new items will do, and refuses those that only a replacement could make fit. */
export async function foreseeAdoption(set: SetType, inputs: Props): Promise<Problem[]> {
  if (isUnknown(inputs.items) || isUnknown(inputs.defaults)) return [];
  const program = inputs as SetInputs;
  const before = set.written.get(String(inputs.origin)) ?? [];
  const adopting = Object.entries(program.items).filter(
    ([name, item]) => !isUnknown(item) && item.import !== undefined && !before.includes(name),
  );
  const refused: Problem[] = [];
  await inTurn(adopting, async ([name]) => {
    const type = itemTypeOf(set, name, {
      progress: (message) => {
        set.host.progress(`${name}: ${message}`);
      },
    });
    for (const { reason } of await foreseeItem(type, inputsOfItem(set.of, program, name)))
      refused.push({ path: formatPath(["items", name]), reason });
  });
  return refused;
}

function problemsOfItem(set: SetType, inputs: SetInputs, name: string): Problem[] {
  const { problems } = validate(itemTypeOf(set, name), {}, programOf(inputs, name));
  return problems.map((problem) => ({ ...problem, path: pathIn(inputs, name, problem.path) }));
}

/** Where the program has it: within the item, or in the defaults. A problem of the account is nobody's alone. */
function pathIn({ items, defaults = {} }: SetInputs, name: string, path: string): string {
  if (path === "") return "";
  const [input = ""] = path.split(/[.[]/, 1);
  const own = items[name] ?? {};
  if (!(input in own) && input in defaults) return `defaults.${path}`;
  const within = input === "adopt" && !("adopt" in own) ? path.replace(/^adopt/, "import") : path;
  return `${formatPath(["items", name])}.${within}`;
}

function unlikeEachOther(problems: Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
