/** Ladders in the forms of other programs. */
import { messageOf } from "../../define/errors";
import { LadderError } from "../ladder";
import type { Ladder } from "../ladder";
import { ffmpeg } from "./ffmpeg";
import type { Exported, Imported, ImportOptions, LadderForm } from "./form";
import { hls } from "./hls";
import { mediaLive } from "./medialive";
import { obs } from "./obs";

/** Every form, in the order in which a text is tried. */
const forms: readonly LadderForm[] = [hls, mediaLive, ffmpeg, obs];

/** Names of the forms that a ladder can be brought in from. */
export const importForms: readonly string[] = forms.map(({ name }) => name);
/** Names of the forms that a ladder can be taken out to. */
export const exportForms: readonly string[] = forms.flatMap(({ name, write }) =>
  write === undefined ? [] : [name],
);

/**
 * A ladder from an HLS multivariant playlist, an FFmpeg command or nginx-rtmp's `exec` lines, a MediaLive channel or OBS's encoder
 * settings; without `form` the text itself tells which.
 * @throws LadderError when the text is in none of them, or does not say what a rung needs.
 */
export function importLadder(
  text: string,
  { form, ...options }: ImportOptions & { readonly form?: string } = {},
): Imported {
  const found = forms.find(({ name, recognises }) => (form === undefined ? recognises(text) : name === form));
  if (found === undefined) {
    throw new LadderError("nothing can be imported", [
      {
        field: "form",
        message: `it is none of ${importForms.join(", ")}; nginx-rtmp's exec lines are ffmpeg`,
      },
    ]);
  }
  try {
    return found.read(text, options);
  } catch (error) {
    if (error instanceof LadderError) throw error;
    throw new LadderError(`it cannot be read as ${found.name}`, [
      { field: "form", message: messageOf(error) },
    ]);
  }
}

/**
 * A ladder in another program's form: `hls` (variant lines), `ffmpeg` (a command), `medialive` (EncoderSettings).
 * @throws LadderError when there is no such form, or the ladder has no rung.
 */
export function exportLadder(ladder: Ladder, form: string): Exported {
  const found = forms.find(({ name }) => name === form);
  if (found?.write === undefined) {
    throw new LadderError(`a ladder cannot be exported to "${form}"`, [
      { field: "form", message: `the forms are ${exportForms.join(", ")}` },
    ]);
  }
  if (ladder.rungs.length > 0) return found.write(ladder);
  throw new LadderError("nothing can be exported", [{ field: "rungs", message: "there is no rung in it" }]);
}
