import { readDescriptor } from "../../identity/joining/descriptor.ts";
import type { ChannelState } from "../../sds/channel-state.ts";
import { isBodyGivenUp } from "../../sds/holes/give-up-bodies.ts";
import { restore } from "../../sds/restore.ts";
import type { RecentChannel } from "../../storage/recent-channel.ts";
import type { ChannelSnapshot } from "../api/channel-client.ts";
import { textOf } from "../disk/body-cache.ts";
import { channelViewOf, identityOf } from "../disk/device-channel.ts";
import { countUnread, holeView, messageView, type Place, participantView, placesBefore } from "./views.ts";

/**
 * The end of the log as it was last written, for the moment until the channel itself answers. What it says of receipts holds: evidence
 * only grows, and here some of it may be out of sight. Nothing can be asked or followed from it.
 */
export function firstLook({ device, stored, complete, bodies }: RecentChannel, deviceNow: number): ChannelSnapshot {
  const now = deviceNow + (stored.meta.clockCorrectionMs ?? 0);
  const descriptor = readDescriptor(device.descriptor);
  const { state } = restore(identityOf(device, descriptor), stored, { now, random: () => 0 });
  const texts = new Map(bodies.map(({ id, bytes }) => [id, textOf(bytes)]));
  const { places, more } = placesBefore(state, undefined, Math.max(1, bodies.length));
  // What was deleted before it left is not shown, though a body of it was read: a page may reach further back than bodies do.
  const isUnread = (place: Place): boolean =>
    place.kind === "message" && !texts.has(place.entry.id) && !isBodyGivenUp(state, place.entry);
  const gap = Math.max(newestGap(state), ...places.filter(isUnread).map(lamportOf));
  const shown = places.filter((place) => lamportOf(place) > gap);
  return {
    channel: channelViewOf(device, descriptor),
    me: state.identity.self,
    participants: state.participants.all.map((participant) => participantView(state, participant, now)),
    page: {
      entries: shown.map((place) =>
        place.kind === "message" ? messageView(state, place.entry, texts.get(place.entry.id)) : holeView(place.missing),
      ),
      more: more || !complete || shown.length < places.length,
    },
    unread: countUnread(state),
    seq: state.ledger.seq,
  };
}

/** A page has all there is from its first message on, so it begins behind the newest cause that was not read. */
function newestGap(state: ChannelState): number {
  let gap = 0;
  for (const { lamport, state: shownAs } of state.holes.missing.values()) {
    if (shownAs === null && lamport !== null && lamport >= state.holes.joinLamport) gap = Math.max(gap, lamport);
  }
  return gap;
}

const lamportOf = (place: Place): number =>
  place.kind === "message" ? place.entry.lamport : holeView(place.missing).lamport;
