import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dialects, ladderCost, ladderSvg, ladderTable, presets, rules } from "../../provider/ladders";
import type { Ladder } from "../../provider/ladders";

const docs = (path: string) => readFileSync(join(__dirname, "../../docs", path), "utf8");

describe("the table", () => {
  test("shows a rung with its load and the smallest level that takes it", () => {
    const { headers, rows } = ladderTable(presets["h264-1080p60"]);
    expect(Object.fromEntries(headers.map((header, at) => [header, rows[4]?.[at]]))).toEqual({
      rung: "1080p60",
      size: "1920x1080",
      fps: "60",
      codec: "h264",
      profile: "high",
      level: "4.2",
      "avg kbps": "6000",
      "peak kbps": "6600",
      "Mpixel/s": "124.4",
      "bits/pixel": "0.048",
      "least level": "4.2",
      audio: "aac 192 kbps, 2 ch, 48000 Hz",
    });
  });

  test("has a cell under every header, also for rungs without a picture", () => {
    for (const { headers, rows } of Object.values(presets).map(ladderTable)) {
      for (const row of rows) expect(row).toHaveLength(headers.length);
    }
    expect(ladderTable(presets.audio).rows[0]?.slice(0, 3)).toEqual(["audio-64k", "-", "-"]);
  });
});

describe("the picture", () => {
  test.each(Object.entries(presets))(
    "%s: a dot a rung and its name, and no number that is none",
    (_, ladder) => {
      const svg = ladderSvg(ladder);
      for (const { name } of ladder.rungs) expect(svg).toContain(`>${name}</text>`);
      expect(svg.match(/<circle [^>]*r="5" fill="[^"]+" stroke/g)).toHaveLength(ladder.rungs.length);
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    },
  );

  test("a higher bitrate stands higher, a larger picture further right", () => {
    const dots = [
      ...ladderSvg(presets["h264-1080p30"]).matchAll(
        /<circle cx="([\d.]+)" cy="([\d.]+)" r="5" fill="[^"]+" stroke/g,
      ),
    ];
    const places = dots.map(([, x, y]) => [Number(x), Number(y)] as const);
    expect(places).toEqual(places.toSorted((a, b) => a[0] - b[0]));
    expect(places).toEqual(places.toSorted((a, b) => b[1] - a[1]));
  });

  test("says what the ladder costs, and how much money where a price is given", () => {
    const ladder = presets["h264-1080p30"];
    const { megapixelsPerSecond, price = NaN } = ladderCost(ladder, { pricePerGb: 0.05, viewerHours: 1000 });
    const svg = ladderSvg(ladder, ladderCost(ladder, { pricePerGb: 0.05, viewerHours: 1000 }));
    expect(svg).toContain(`>5 encodes, ${megapixelsPerSecond.toFixed(1)} Mpixel/s, `);
    expect(svg).toContain(` cost ${price.toFixed(2)}</text>`);
    expect(ladderSvg(ladder, ladderCost(ladder))).not.toContain(" cost ");
    expect(ladderSvg(ladder)).not.toContain("Mpixel/s");
  });

  test("a ladder of one rung, and names with markup in them, draw", () => {
    const odd: Ladder = { name: `<&">`, rungs: presets["h264-480p30"].rungs.slice(0, 1) };
    expect(ladderSvg(odd)).toContain("Ladder &#60;&#38;&#34;&#62;");
    expect(ladderSvg(odd)).not.toContain("NaN");
  });

  test("the picture in the docs is the one that is drawn", () => {
    expect(docs("img/ladder.svg")).toBe(ladderSvg(presets["h264-1440p60"]));
  });
});

describe("docs/ladder-reference.md", () => {
  test.each(
    [...rules, ...dialects.flatMap((dialect) => dialect.rules)].map(({ id, severity }) => [id, severity]),
  )("has rule %s, %s, with its source", (id, severity) => {
    expect(docs("ladder-reference.md")).toMatch(
      new RegExp(`^\\| \`${id}\` +\\| ${severity} +\\| .+ \\| .+ \\|$`, "m"),
    );
  });

  test.each(Object.keys(presets))("has preset %s", (name) => {
    expect(docs("ladder-reference.md")).toContain(`\`${name}\``);
  });
});

describe("docs/ladders.md", () => {
  test("shows the picture", () => {
    expect(docs("ladders.md")).toContain("(img/ladder.svg)");
  });
});
