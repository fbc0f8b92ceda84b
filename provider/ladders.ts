/** Public surface of `pulumi-streamkeys/ladder`. */
import type { Dialect } from "./ladder/dialect";
import { aiozDialect } from "./vendors/aioz/ladder";
import { livepeerDialect } from "./vendors/livepeer/ladder";
import { tenbyteDialect } from "./vendors/tenbyte/ladder";

export { LadderError } from "./ladder/ladder";
export type {
  Audio,
  AudioCodec,
  AudioRung,
  Ladder,
  LadderProblem,
  Rung,
  Tier,
  VideoCodec,
  VideoRange,
  VideoRung,
} from "./ladder/ladder";
export type { Rate } from "./ladder/rate";
export { presets } from "./ladder/presets";
export type { PresetName } from "./ladder/presets";
export { cap, dropRung, join, portrait, withFps, withinSource } from "./ladder/build";
export type { Cap, Source } from "./ladder/build";
export { rung } from "./ladder/rung";
export type { RungInput } from "./ladder/rung";
export { compareLadders, formatChange } from "./ladder/compare";
export type { LadderChange } from "./ladder/compare";
export { costTable, ladderCost } from "./ladder/cost";
export type { CostInput, LadderCost, RungCost } from "./ladder/cost";
export { levels, smallestLevel } from "./ladder/levels";
export type { Demand, Level } from "./ladder/levels";
export { audioCodecNamed, videoCodecNamed } from "./ladder/codecs";
export { checkLadder, rules } from "./ladder/rules";
export type { RuleId } from "./ladder/rules";
export type { Finding, LadderContext, Rule, Severity, Suggestion } from "./ladder/rule";
export { checkTenbyteLadder, tenbyteRules, toTenbyteLadder } from "./vendors/tenbyte/ladder";
export type {
  TenbyteAudioRung,
  TenbyteLadder,
  TenbyteLoss,
  TenbyteOptions,
  TenbyteRuleId,
  TenbyteRungAudio,
  TenbyteVideoRung,
} from "./vendors/tenbyte/ladder";
export { aiozLosses, aiozRules, checkAiozQualities, toAiozQualities } from "./vendors/aioz/ladder";
export type {
  AiozAudioConfig,
  AiozLoss,
  AiozOptions,
  AiozQuality,
  AiozRuleId,
  AiozType,
  AiozVideoConfig,
} from "./vendors/aioz/ladder";
export {
  checkLivepeerProfiles,
  livepeerLosses,
  livepeerRules,
  toLivepeerProfiles,
} from "./vendors/livepeer/ladder";
export type {
  LivepeerH264Profile,
  LivepeerLoss,
  LivepeerOptions,
  LivepeerProfile,
  LivepeerRuleId,
} from "./vendors/livepeer/ladder";
export type { Dialect } from "./ladder/dialect";
export { ladderSummary, ladderTable } from "./ladder/table";
export type { LadderTable } from "./ladder/table";
export { ladderSvg } from "./ladder/draw";
export { exportForms, exportLadder, importForms, importLadder } from "./ladder/forms";
export type { Exported, Imported, ImportOptions } from "./ladder/forms/form";

/** Every vendor that takes a ladder, in the order in which they came. */
export const dialects: readonly Dialect[] = [tenbyteDialect, aiozDialect, livepeerDialect];
