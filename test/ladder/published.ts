/** Ladders as vendors and standards publish them. A rule that finds an error in one of these is wrong. */
import { importLadder } from "../../provider/ladders";
import type { AudioRung, Ladder, VideoRung } from "../../provider/ladders";
import { texts } from "./forms";

/** A published ladder, and the warnings that its own authors' choices are known to raise. */
export interface Published {
  ladder: Ladder;
  source: string;
  /** Length of its segments in seconds, where it is published. */
  segmentSeconds?: number;
  warnings: string[];
}

type Common = Omit<VideoRung, "kind" | "name" | "width" | "height" | "bitrateKbps">;

function rung(size: string, bitrateKbps: number, common: Common, more: Partial<VideoRung> = {}): VideoRung {
  const [width, height] = size.split("x").map(Number) as [number, number];
  return { kind: "video", name: `${height}p-${bitrateKbps}`, width, height, bitrateKbps, ...common, ...more };
}

const stereo = (bitrateKbps: number) =>
  ({ codec: "aac", bitrateKbps, channels: 2, sampleRateHz: 48_000 }) as const;

const apple = { fps: 30, keyframeIntervalSeconds: 2, profile: "high" } as const;
const avc: Common = { ...apple, codec: "h264" };
const hevc: Common = { ...apple, codec: "h265", profile: "main" };
const livepeer: Common = { codec: "h264", fps: 30, keyframeIntervalSeconds: 2 };
const tenbyte: Common = {
  codec: "h264",
  profile: "main",
  fps: 30,
  keyframeIntervalSeconds: 2,
  audio: stereo(128),
};
/** What is published is size and bitrate; the rest is what nearly everybody takes. */
const plain: Common = { codec: "h264", fps: 30, keyframeIntervalSeconds: 2 };
const netflix: Common = { codec: "h264", fps: 24, keyframeIntervalSeconds: 2 };

const aws = (size: string, kbps: number, fps = 30) =>
  rung(size, kbps, {
    codec: "h264",
    profile: "baseline",
    bFrames: 0,
    fps,
    keyframeIntervalSeconds: 2,
    peakBitrateKbps: kbps,
    bufferKbit: 2 * kbps,
    audio: stereo(96),
  });

const equativ = (size: string, kbps: number) =>
  rung(size, kbps, {
    codec: "h264",
    profile: "main",
    level: "3.1",
    fps: 25,
    bFrames: 0,
    keyframeIntervalSeconds: 1.92,
    peakBitrateKbps: kbps,
    bufferKbit: 5 * kbps,
    audio: stereo(128),
  });

const mrbar42 = (size: string, kbps: number, audioKbps: number) =>
  rung(size, kbps, {
    codec: "h264",
    profile: "main",
    fps: 24,
    keyframeIntervalSeconds: 2,
    peakBitrateKbps: Math.round(kbps * 1.07),
    bufferKbit: kbps * 1.5,
    audio: stereo(audioKbps),
  });

const audioOnly = (bitrateKbps: number): AudioRung => ({
  kind: "audio",
  name: `audio-${bitrateKbps}`,
  audio: stereo(bitrateKbps),
});

export const published: Published[] = [
  {
    source: "Apple, HLS Authoring Specification for Apple Devices, item 1.25, table H.264/AVC, at 30 fps",
    ladder: {
      name: "Apple H.264",
      rungs: [
        rung("416x234", 145, avc),
        rung("640x360", 365, avc),
        rung("768x432", 730, avc),
        rung("768x432", 1100, avc),
        rung("960x540", 2000, avc),
        rung("1280x720", 3000, avc),
        rung("1280x720", 4500, avc),
        rung("1920x1080", 6000, avc),
        rung("1920x1080", 7800, avc),
      ],
    },
    segmentSeconds: 6,
    warnings: [],
  },
  {
    source: "Apple, HLS Authoring Specification for Apple Devices, item 1.25, table HEVC/H.265 30 fps",
    ladder: {
      name: "Apple H.265",
      rungs: [
        rung("640x360", 145, hevc),
        rung("768x432", 300, hevc),
        rung("960x540", 600, hevc),
        rung("960x540", 900, hevc),
        rung("960x540", 1600, hevc),
        rung("1280x720", 2400, hevc),
        rung("1280x720", 3400, hevc),
        rung("1920x1080", 4500, hevc),
        rung("1920x1080", 5800, hevc),
        rung("2560x1440", 8100, hevc),
        rung("3840x2160", 11600, hevc),
        rung("3840x2160", 16800, hevc),
      ],
    },
    segmentSeconds: 6,
    warnings: [],
  },
  {
    source: "Apple, as above: H.264 and H.265 offered together (item 1.23), audio only beside them",
    ladder: {
      name: "Apple H.264 and H.265",
      rungs: [
        audioOnly(64),
        rung("960x540", 2000, avc),
        rung("1280x720", 3000, avc),
        rung("1920x1080", 6000, avc),
        rung("960x540", 1600, hevc, { name: "hevc-540" }),
        rung("1280x720", 2400, hevc, { name: "hevc-720" }),
        rung("1920x1080", 4500, hevc, { name: "hevc-1080" }),
      ],
    },
    segmentSeconds: 6,
    warnings: [],
  },
  {
    source:
      "AWS, Live Streaming on AWS, source/custom-resource/lib/medialive/encoding-profiles/hd-1080p.json (30dd699e)",
    ladder: {
      name: "AWS MediaLive HD 1080p",
      rungs: [
        aws("512x288", 400, 15),
        aws("640x360", 800),
        aws("768x432", 1200),
        aws("960x540", 1800),
        aws("1280x720", 2700),
        aws("1920x1080", 4100),
      ],
    },
    segmentSeconds: 4,
    warnings: [],
  },
  {
    source:
      "Tenbyte, docs/live-streaming/ingest-and-encoding/encoding-templates (Default Balanced Renditions)",
    ladder: {
      name: "Tenbyte Balanced",
      rungs: [
        rung("1920x1080", 3000, tenbyte, { peakBitrateKbps: 3500 }),
        rung("1280x720", 1500, tenbyte, { peakBitrateKbps: 2000 }),
        rung("854x480", 700, tenbyte, { peakBitrateKbps: 900 }),
      ],
    },
    warnings: [],
  },
  {
    source: "Livepeer, ui-kit, packages/core/src/constants/provider.ts (defaultTranscodingProfiles)",
    ladder: {
      name: "Livepeer Studio",
      rungs: [
        rung("1280x720", 2000, livepeer),
        rung("854x480", 1000, livepeer),
        rung("640x360", 500, livepeer),
      ],
    },
    warnings: [],
  },
  {
    source: "Equativ (nowtilus), serverside.ai, Prepare content source: encoding specification, SD-profile",
    ladder: {
      name: "Equativ SD",
      rungs: [
        equativ("320x180", 320),
        equativ("480x280", 600),
        equativ("640x360", 960),
        equativ("960x540", 1850),
      ],
    },
    // 480x280 is 1.71:1 beside 1.78:1, and the buffer window is five seconds.
    warnings: ["buffer-against-peak", "aspect-ratio"],
  },
  {
    source: "mrbar42 / Peer5, create-vod-hls.sh (gist ae111731906f958b396f30906004b3fa), 480p as 842x480",
    ladder: {
      name: "mrbar42",
      rungs: [
        mrbar42("426x240", 400, 64),
        mrbar42("640x360", 800, 96),
        mrbar42("842x480", 1400, 128),
        mrbar42("1280x720", 2800, 128),
        mrbar42("1920x1080", 5000, 192),
      ],
    },
    segmentSeconds: 4,
    warnings: [],
  },
  {
    source:
      "Netflix, fixed ladder of 2015, as listed by viser-ladder 0.6.1 (src/fixed.rs); mixes 4:3, 3:2 and 16:9",
    ladder: {
      name: "Netflix 2015",
      rungs: [
        rung("320x240", 235, netflix),
        rung("384x288", 375, netflix),
        rung("512x384", 560, netflix),
        rung("512x384", 750, netflix),
        rung("640x480", 1050, netflix),
        rung("720x480", 1750, netflix),
        rung("1280x720", 2350, netflix),
        rung("1280x720", 3000, netflix),
      ],
    },
    warnings: ["aspect-ratio"],
  },
  {
    source:
      "Google Cloud, Live Stream API, best practices (cloud.google.com/livestream/docs/best-practices), recommended ladder at 30 fps",
    ladder: {
      name: "Google Cloud 30",
      rungs: [
        rung("416x234", 150, plain),
        rung("640x360", 400, plain),
        rung("768x432", 750, plain),
        rung("768x432", 1100, plain),
        rung("960x540", 2200, plain),
        rung("1280x720", 3300, plain),
        rung("1920x1080", 6000, plain),
      ],
    },
    warnings: [],
  },
  {
    source:
      "Google Cloud, Live Stream API, best practices (cloud.google.com/livestream/docs/best-practices), recommended ladder at 25 fps",
    ladder: {
      name: "Google Cloud 25",
      rungs: [
        rung("416x234", 150, plain, { name: "416x234-150", fps: 25 }),
        rung("640x360", 400, plain, { name: "640x360-400", fps: 25 }),
        rung("768x432", 750, plain, { name: "768x432-750", fps: 25 }),
        rung("768x432", 1100, plain, { name: "768x432-1100", fps: 25 }),
        rung("960x540", 2200, plain, { name: "960x540-2200", fps: 25 }),
        rung("1280x720", 3300, plain, { name: "1280x720-3300", fps: 25 }),
        rung("1920x1080", 6000, plain, { name: "1920x1080-6000", fps: 25 }),
      ],
    },
    warnings: [],
  },
  {
    source:
      "Google Cloud, Live Stream API, best practices (cloud.google.com/livestream/docs/best-practices), recommended ladder with the steps of 60 fps",
    ladder: {
      name: "Google Cloud 60",
      rungs: [
        rung("416x234", 150, plain),
        rung("640x360", 400, plain),
        rung("768x432", 750, plain),
        rung("768x432", 1100, plain),
        rung("960x540", 2200, plain),
        rung("1280x720", 3300, plain),
        rung("1280x720", 5500, plain, { name: "1280x720-5500", fps: 60 }),
        rung("1920x1080", 6000, plain),
        rung("1920x1080", 9000, plain, { name: "1920x1080-9000", fps: 60 }),
      ],
    },
    warnings: ["bitrate-step"],
  },
  {
    source:
      "Google Cloud, Live Stream API, best practices (cloud.google.com/livestream/docs/best-practices), recommended ladder with the steps of 50 fps",
    ladder: {
      name: "Google Cloud 50",
      rungs: [
        rung("416x234", 150, plain, { name: "416x234-150", fps: 25 }),
        rung("640x360", 400, plain, { name: "640x360-400", fps: 25 }),
        rung("768x432", 750, plain, { name: "768x432-750", fps: 25 }),
        rung("768x432", 1100, plain, { name: "768x432-1100", fps: 25 }),
        rung("960x540", 2200, plain, { name: "960x540-2200", fps: 25 }),
        rung("1280x720", 3300, plain, { name: "1280x720-3300", fps: 25 }),
        rung("1280x720", 5500, plain, { name: "1280x720-5500", fps: 50 }),
        rung("1920x1080", 6000, plain, { name: "1920x1080-6000", fps: 25 }),
        rung("1920x1080", 9000, plain, { name: "1920x1080-9000", fps: 50 }),
      ],
    },
    warnings: ["bitrate-step"],
  },
  {
    source: "appwrite/appwrite, app/config/videos-profiles.php (hls)",
    ladder: {
      name: "Appwrite",
      rungs: [rung("640x360", 890, plain), rung("1024x576", 2538, plain), rung("1280x720", 3551, plain)],
    },
    warnings: [],
  },
  {
    source: "techwarriorz/simple-hls, src/default-renditions.js",
    ladder: {
      name: "simple-hls",
      rungs: [
        rung("640x360", 800, plain),
        rung("842x480", 1400, plain),
        rung("1280x720", 2800, plain),
        rung("1920x1080", 5000, plain),
      ],
    },
    warnings: [],
  },
  {
    source: "dyoung2019/mkv2hls, src/renditions.js, in its two lower rungs",
    ladder: {
      name: "mkv2hls",
      rungs: [rung("640x360", 800, plain), rung("842x480", 1400, plain)],
    },
    warnings: [],
  },
  {
    source: "CDN77, knowledge base, Adaptive bitrate: the lower ends of its ranges",
    ladder: {
      name: "CDN77 least",
      rungs: [
        rung("426x240", 300, plain),
        rung("640x360", 400, plain),
        rung("854x480", 1000, plain),
        rung("1280x720", 2000, plain),
        rung("1920x1080", 3500, plain),
      ],
    },
    warnings: [],
  },
  {
    source: "CDN77, knowledge base, Adaptive bitrate: the upper ends of its ranges",
    ladder: {
      name: "CDN77 most",
      rungs: [
        rung("426x240", 700, plain),
        rung("640x360", 1500, plain),
        rung("854x480", 2000, plain),
        rung("1280x720", 3500, plain),
        rung("1920x1080", 4500, plain),
      ],
    },
    warnings: [],
  },
  {
    source: "eva-upc.blogspot.com, Live-Video Streaming Concepts (2018), keyframes every 2 s",
    ladder: {
      name: "eva-upc",
      rungs: [
        rung("426x240", 500, plain),
        rung("640x360", 1000, plain),
        rung("854x480", 3000, plain),
        rung("1280x720", 5000, plain),
        rung("1920x1080", 8000, plain),
        rung("3840x2160", 25000, plain),
      ],
    },
    warnings: ["bitrate-step"],
  },
  {
    source: "Apple, bipbop advanced example, H.264 variants of its master (test/ladder/forms.ts)",
    ladder: importLadder(texts.bipbop, { name: "bipbop advanced" }).ladder,
    warnings: ["rung-order"],
  },
  {
    source: "Apple, bipbop 4x3 of 2012 (test/ladder/forms.ts), 400x300",
    ladder: importLadder(texts.old, { name: "bipbop 4x3", size: { width: 400, height: 300 } }).ladder,
    warnings: [],
  },
];

/** A published ladder by name. */
export function publishedLadder(name: string): Ladder {
  const found = published.find(({ ladder }) => ladder.name === name);
  if (found === undefined) throw new Error(`no published ladder "${name}"`);
  return found.ladder;
}
