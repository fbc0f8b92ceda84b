/** Public surface of `pulumi-streamkeys/ladder`. */
export { LadderError } from "./ladder";
export type { Audio, AudioRung, Ladder, LadderProblem, Rung, VideoCodec, VideoRung } from "./ladder";
export { presets } from "./presets";
export type { PresetName } from "./presets";
export { cap, dropRung, withFps } from "./build";
export type { Cap } from "./build";
export { levels, smallestLevel } from "./levels";
export type { Demand, Level } from "./levels";
export { checkLadder, rules } from "./rules";
export type { RuleId } from "./rules";
export type { Finding, LadderContext, Rule, Severity } from "./rule";
export { checkTenbyteLadder, tenbyteRules, toTenbyteLadder } from "./tenbyte";
export type {
  TenbyteAudioRung,
  TenbyteLadder,
  TenbyteLoss,
  TenbyteOptions,
  TenbyteRuleId,
  TenbyteRungAudio,
  TenbyteVideoRung,
} from "./tenbyte";
export { aiozLosses, aiozRules, checkAiozQualities, toAiozQualities } from "./aioz";
export type {
  AiozAudioConfig,
  AiozLoss,
  AiozOptions,
  AiozQuality,
  AiozRuleId,
  AiozType,
  AiozVideoConfig,
} from "./aioz";
export { ladderTable } from "./table";
export type { LadderTable } from "./table";
export { ladderSvg } from "./draw";
