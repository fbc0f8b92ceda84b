import { z } from "zod";
import { defineResource, type Seen, text } from "../../define";
import { path } from "../../define/api";
import { childId, splitChildId } from "../../define/child";
import { noContent } from "../../define/reply";
import { hlsUrl, listStreams, newPlaybackId, onePlaybackId, type PlaybackIdReply } from "./api";

const partsOf = (id: string): { stream: string; own: string } => {
  const { parent, child } = splitChildId(id, "a Mux PlaybackId is <liveStreamId>/<playbackId>");
  return { stream: parent, own: child };
};

/** A playback id of a live stream (docs/sheets/mux.md, sections 2, 5 and 10). */
export const playbackId = defineResource({
  name: "PlaybackId",
  about:
    "A playback id of a Mux live stream: an address at which it can be watched, public or signed. It cannot be changed, so every " +
    "change makes a new one, with another URL.",
  notes: [
    "Deleting a playback id is final: its URL never comes back. Protect it with the resource option `protect: true`.",
    "Deleting one while on air does not end the broadcast: new players are refused at once, and who is watching may go on for a while.",
  ],
  childOf: "LiveStream",
  inputs: {
    liveStreamId: text("Id of the `LiveStream` that can be watched."),
    policy: z
      .enum(["public", "signed", "drm"])
      .describe("Who may watch: anybody, or who has a signed token."),
    drmConfigurationId: text("Id of a DRM configuration. Required for `drm`.").optional(),
  },
  outputs: {
    playbackId: text("Mux's own id, as players need it."),
    hlsUrl: text("HLS playback URL. A player of a `signed` one adds its token."),
  },
  validate: (given) =>
    given.policy === "drm" && !("drmConfigurationId" in given)
      ? [{ path: "drmConfigurationId", reason: "is required for policy `drm`" }]
      : [],

  create: async (api, { liveStreamId, policy, drmConfigurationId }) => {
    const body = { policy, drm_configuration_id: drmConfigurationId };
    const at = path`/video/v1/live-streams/${liveStreamId}/playback-ids`;
    return toSeen(liveStreamId, (await api.post(at, newPlaybackId, { body })).data);
  },
  read: async (api, id) => {
    const { stream, own } = partsOf(id);
    const at = path`/video/v1/live-streams/${stream}/playback-ids/${own}`;
    return toSeen(stream, (await api.get(at, onePlaybackId(own))).data);
  },
  delete: async (api, id) => {
    const { stream, own } = partsOf(id);
    await api.delete(path`/video/v1/live-streams/${stream}/playback-ids/${own}`, noContent);
  },

  lostCreate: "A playback id has neither a name nor a date; look at those of the live stream.",

  list: async function* (api) {
    for await (const { id: stream, playback_ids: ids } of listStreams(api)) {
      for (const { id } of ids ?? []) yield { id: childId(stream, id), name: id };
    }
  },
});

function toSeen(stream: string, { id, policy, drm_configuration_id: drm }: PlaybackIdReply): Seen {
  return {
    id: childId(stream, id),
    inputs: { liveStreamId: stream, policy, drmConfigurationId: drm },
    outputs: { playbackId: id, hlsUrl: hlsUrl(id) },
  };
}
