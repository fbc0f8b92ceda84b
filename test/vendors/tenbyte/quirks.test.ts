import axios from "axios";
import type { Props } from "../../../provider/define";
import { simulators } from "../../../sandbox/vendors";
import { definitionOf } from "../../../provider/vendors";
import { toSnakeCase } from "../../../provider/calls/wire";
import { sampleOf, Workbench } from "../../harness/workbench";

/** What is peculiar to Tenbyte, method by method; test/engine/tenbyte.test.ts has the whole life on the engine. */

const { vendor, definition } = definitionOf("tenbyte:Stream");
const program = sampleOf(vendor, definition).full("");
type Rung = Record<string, unknown>;
const [rung = {}, ...rest] = (program.ladder as { video: Rung[] }).video;
const audio = rung.audio as Rung;
const audioRung = { codec: "aac", channels: 2, sampleRateHz: 48000, bitrateKbps: 128 };

const withRung = (change: Rung): Props => ({ ladder: { video: [{ ...rung, ...change }, ...rest] } });
const withAudio = (change: Rung): Props => withRung({ audio: { ...audio, ...change } });
const without = (name: string): Props => withRung({ [name]: undefined });
const withoutAudio = (name: string): Props => withAudio({ [name]: undefined });
const audioLadder = (rungs: Rung[]): Props => ({
  mode: "audio",
  outputProtocols: ["hls"],
  packaging: { hls: { segmentFormat: "fmp4" } },
  ladder: { audio: rungs },
});
const spread = (count: number): Rung[] =>
  Array.from({ length: count }, (_, at) => ({ ...rung, name: `rung ${at}`, bitrateKbps: 5000 + 100 * at }));

/** Every constraint that Tenbyte (docs/sheets/tenbyte.md, section 2) puts on a ladder, violated one at a time. */
const violations: Record<string, Props> = {
  "no ladder": { ladder: undefined },
  "neither video nor audio": { ladder: {} },
  "video and audio": { ladder: { video: [rung], audio: [audioRung] } },
  "audio in mode video": { ladder: { audio: [audioRung] } },
  "video in mode audio": { ...audioLadder([]), ladder: { video: [rung] } },
  "no video rung": { ladder: { video: [] } },
  "seven video rungs": { ladder: { video: spread(7) } },
  "no audio rung": audioLadder([]),
  "four audio rungs": audioLadder([64, 96, 128, 192].map((bitrateKbps) => ({ ...audioRung, bitrateKbps }))),
  "no width": without("width"),
  "no height": without("height"),
  "no fps": without("fps"),
  "no gop": without("gop"),
  "no bitrate": without("bitrateKbps"),
  "no codec": without("codec"),
  "no audio in a rung": without("audio"),
  "a width above 2560": withRung({ width: 2562, height: 1440 }),
  "a height that is none of Tenbyte's": withRung({ height: 540 }),
  "an fps that is none of Tenbyte's": withRung({ fps: 50 }),
  "a crf below 0": withRung({ crf: -1 }),
  "a crf above 51": withRung({ crf: 52 }),
  "another codec": withRung({ codec: "vp9" }),
  "another rate control": withRung({ rateControl: "abr" }),
  "a level that is a number": withRung({ level: 4 }),
  "a profile that is no text": withRung({ profile: 100 }),
  "a preset that is no text": withRung({ preset: 1 }),
  "no audio codec": withoutAudio("codec"),
  "no channels": withoutAudio("channels"),
  "no sample rate": withoutAudio("sampleRateHz"),
  "no audio bitrate": withoutAudio("audioBitrateKbps"),
  "another audio codec": withAudio({ codec: "opus" }),
  "three channels": withAudio({ channels: 3 }),
  "an odd sample rate": withAudio({ sampleRateHz: 8000 }),
  "an audio bitrate below 64": withAudio({ audioBitrateKbps: 63 }),
  "an audio bitrate above 256": withAudio({ audioBitrateKbps: 257 }),
  "no bitrate of an audio rung": audioLadder([{ ...audioRung, bitrateKbps: undefined }]),
  "an audio rung's bitrate above 256": audioLadder([{ ...audioRung, bitrateKbps: 257 }]),
  "an audio rung with another codec": audioLadder([{ ...audioRung, codec: "opus" }]),
  "an audio rung with three channels": audioLadder([{ ...audioRung, channels: 3 }]),
  "an audio rung with an odd sample rate": audioLadder([{ ...audioRung, sampleRateHz: 8000 }]),
};

describe("a Tenbyte ladder", () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.open(vendor, definition);
  });
  afterAll(() => bench.sandbox.close());

  /** What the vendor itself says, asked without our client. */
  const status = async (inputs: Props): Promise<number> => {
    const { ladderRulesOff: _, ...body } = inputs;
    const url = `${bench.sandbox.url}/tenbyte/v1/livestream/streams`;
    const headers = { "x-api-key": simulators.tenbyte?.credentials.apiKey ?? "" };
    return (await axios.post(url, toSnakeCase(body), { headers, validateStatus: () => true })).status;
  };

  it("of the sample passes here and there", async () => {
    expect(bench.check(program).failures).toEqual([]);
    expect(await status(program)).toBe(201);
  });

  it.each(Object.entries(violations))(
    "with %s is refused there with 422, and here at preview",
    async (_, change) => {
      const inputs = JSON.parse(JSON.stringify({ ...program, ...change })) as Props;
      expect(await status(inputs)).toBe(422);
      const paths = bench.check(inputs).failures.map(({ reason }) => reason);
      expect(paths).toContainEqual(expect.stringMatching(/^ladder/));
    },
  );

  it("reports taste as a warning, which a rule's id switches off", () => {
    const wide = {
      ...program,
      ...withRung({ bitrateKbps: 20_000, maxBitrateKbps: 22_000, bufSizeKbps: 24_000, level: "4.2" }),
    };
    expect(bench.check(wide).failures).toEqual([]);
    expect(bench.warnings).toContainEqual(
      expect.stringMatching(/^ladder\.video\[\d\]\.bitrateKbps: .*\(bitrate-step\)$/),
    );
    bench.warnings.length = 0;
    expect(bench.check({ ...wide, ladderRulesOff: ["bitrate-step"] }).failures).toEqual([]);
    expect(bench.warnings).toEqual([]);
  });
});

describe("Tenbyte's accounts", () => {
  it("take an API key or a token, not both", async () => {
    const bench = await Workbench.open(vendor, definition, { token: "sandbox-jwt" });
    await expect(bench.create(program)).rejects.toThrow(/apiKey and token are both set; keep one of them/);
    await bench.sandbox.close();
  });

  it("sign with a bearer token when they have one", async () => {
    const bench = await Workbench.open(vendor, definition, { apiKey: undefined, token: "sandbox-jwt" });
    expect((await bench.create(program)).outs.organizationId).toBe("org-jwt");
    await bench.sandbox.close();
  });
});
