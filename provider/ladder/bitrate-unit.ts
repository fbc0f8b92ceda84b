import { fault, formatNumber } from "./rule";
import type { Fault, Rule } from "./rule";
import type { RungField, RungView } from "./view";

/** Below this many kbps nothing is encoded: the number was meant as kbps, and stands where bit/s belong. */
const IMPLAUSIBLE_KBPS = 10;

/** What is wrong with a bitrate of a form that counts bit/s, where kbps were written. */
export function kbpsForBits(
  rung: RungView,
  field: RungField & `${"" | "audio."}bitrateKbps`,
  kbps: number | undefined,
): Fault[] {
  if (kbps === undefined || kbps <= 0 || kbps >= IMPLAUSIBLE_KBPS) return [];
  const written = kbps * 1000;
  const message =
    `${formatNumber(written)} bit/s is ${formatNumber(kbps)} kbps; is ${formatNumber(written)} kbps meant? ` +
    `Use ${formatNumber(written * 1000)}`;
  return [fault(rung, field, message, { use: written })];
}

/** The rules of bitrates, silent about a rung whose bitrate is in another unit, as the rule of this id has found. */
export function afterUnit(id: string, rules: readonly Rule[]): Rule[] {
  return rules.map((rule) =>
    rule.reads.includes("bitrateKbps") ? { ...rule, unless: [...(rule.unless ?? []), id] } : rule,
  );
}
