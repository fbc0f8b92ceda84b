import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** Whatever a comment or a page refers to is in the repository: a file, a section of it, a numbered fact. */

const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { encoding: "utf8" })
  .trim()
  .split("\n")
  .filter((file) => /\.(ts|mjs|js|md|yaml|yml)$/.test(file) && existsSync(file));
const pages = files.filter((file) => file.endsWith(".md"));
const texts = new Map(files.map((file) => [file, readFileSync(file, "utf8")]));
/** The facts themselves: what stands there is the end of a reference, not the beginning of one. */
const isFacts = (file: string): boolean => file.startsWith("docs/sheets/") || file === "docs/engine.md";

interface Reference {
  file: string;
  line: number;
  text: string;
}

/** Every match in every file but this one, whose own patterns would match themselves. */
function matches(pattern: RegExp, among: string[] = files): (Reference & { groups: string[] })[] {
  return among
    .filter((file) => file !== "test/references.test.ts")
    .flatMap((file) =>
      [...(texts.get(file) ?? "").matchAll(pattern)].map((match) => ({
        file,
        line: (texts.get(file) ?? "").slice(0, match.index).split("\n").length,
        text: match[0],
        groups: match.slice(1),
      })),
    );
}

const missing = (references: Reference[]): string[] =>
  references.map(({ file, line, text }) => `${file}:${line} ${text}`);

/** Anchors of a page, as GitHub makes them of headings, and those it sets itself. */
function anchorsOf(page: string): Set<string> {
  const text = texts.get(page) ?? readFileSync(page, "utf8");
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]+)"/g)].map(([, id = ""]) => id)]);
}

/** Numbers of "2", "1 to 3", "1, 3 and 5": the ends of a range stand for it. */
const numbersIn = (list: string): string[] => list.match(/\d+(\.\d+)?/g) ?? [];

describe("references", () => {
  it("to sections of the vendors' sheets lead to them", () => {
    const found = matches(/docs\/sheets\/([\w-]+)\.md(?:,\s+(?:\*\s+)?sections?\s+([\d., toand]+\d|\d+))?/g);
    expect(found.length).toBeGreaterThan(50);
    const lost = found.filter(({ groups: [sheet = "", sections = ""] }) => {
      const page = `docs/sheets/${sheet}.md`;
      if (!existsSync(page)) return true;
      const headings = texts.get(page) ?? "";
      return numbersIn(sections).some(
        (number) => !new RegExp(`^#+ ${number.replace(".", "\\.")}[. ]`, "m").test(headings),
      );
    });
    expect(missing(lost)).toEqual([]);
  });

  it("to numbered facts of the engine lead to them", () => {
    const found = matches(/docs\/engine\.md,\s+(?:\*\s+)?facts?\s+([\d, and]*\d)/g);
    expect(found.length).toBeGreaterThan(5);
    const facts = texts.get("docs/engine.md") ?? "";
    const lost = found.filter(({ groups: [numbers = ""] }) =>
      numbersIn(numbers).some((number) => !facts.includes(`### Fact ${number}\n`)),
    );
    expect(missing(lost)).toEqual([]);
  });

  it("to a sheet or a fact say where it is", () => {
    const vague = matches(
      /(?<!docs\/)\b(fact \d+|\bthe sheet\b|\bsheet,|\bsheet `|\bfact sheet\b|shared (design|notes))/g,
    )
      .filter(({ file }) => !isFacts(file))
      .filter(({ file, line }) => {
        const around = (texts.get(file) ?? "")
          .split("\n")
          .slice(line - 2, line)
          .join(" ");
        return !/docs\/(engine|sheets)|engine\.md#fact/.test(around);
      });
    expect(missing(vague)).toEqual([]);
  });

  it("to what was not read again say where that is told", () => {
    const marked = matches(/\[from (?:memory|the standards)[^\]]*\]/g).filter(({ file }) => !isFacts(file));
    expect(marked.length).toBeGreaterThan(5);
    const untold = marked.filter(({ text }) => !/: docs\/sheets\/[\w-]+\.md, section \d+\]$/.test(text));
    expect(missing(untold)).toEqual([]);
  });

  it("between pages lead to a page, and to a heading in it", () => {
    const links = matches(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g, pages);
    expect(links.length).toBeGreaterThan(20);
    const lost = links.filter(({ file, groups: [path = "", anchor] }) => {
      const target = path === "" ? file : normalize(join(dirname(file), path));
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchorsOf(target).has(anchor);
    });
    expect(missing(lost)).toEqual([]);
  });

  it("to files and folders of the repository lead to them", () => {
    const named = matches(/`((?:provider|sdk|sandbox|cli|scripts|test|docs|examples|bench)\/[\w./-]+)`/g);
    expect(named.length).toBeGreaterThan(10);
    expect(
      missing(named.filter(({ file, groups: [path = ""] }) => !isFacts(file) && !existsSync(path))),
    ).toEqual([]);
  });

  it("never lead to this machine", () => {
    expect(missing(matches(/(?<![\w.])\/(?:work|root|tmp\/w)\/[\w.-]+/g))).toEqual([]);
  });
});
