import type { ContentMessage } from "@waku/sds";
import { createSeededRandom } from "../../src/runtime/seeded-random.ts";
import { asMessageId, asParticipantId } from "../../src/sds/wire/ids.ts";
import { checkNothingWaits } from "../core/invariants/end.ts";
import { check } from "../core/report/violation.ts";
import { CALM, type Settings } from "../core/script/settings.ts";
import { FullWorld } from "../full/full-world.ts";
import { Peer } from "./peer.ts";
import { withVirtualDate } from "./virtual-date.ts";

const MINUTE = 60_000;
const OURS = 2;
const PEERS = 2;
const MESSAGES = 12;

export interface DifferentialResult {
  readonly seed: number;
  readonly loss: number;
  readonly messages: number;
  /** Share of what others said that is delivered, in percent: at ours, and at the peers. */
  readonly oursDelivered: number;
  readonly peersDelivered: number;
  /** Events of one message beyond the first: at ours, and as the peer's application hears them. */
  readonly oursTwice: number;
  readonly peersTwice: number;
  /** Messages delivered before a cause that arrived later: at ours, and at the peers. */
  readonly oursBeforeCause: number;
  readonly peersBeforeCause: number;
}

/**
 * Two of ours and two plain SDS clients in one channel of profile "sds". Ours keep all their promises; what they say of
 * themselves is true for the peers too; and a peer's unsigned word is nobody's receipt. Throws a `Violation`.
 */
export async function runDifferential(seed: number, loss: number): Promise<DifferentialResult> {
  const settings: Settings = { ...CALM, seed, participants: OURS, profile: "sds", loss, durationMs: 20 * MINUTE };
  const world = new FullWorld({ settings, guests: PEERS });
  const random = createSeededRandom(seed + 0.5);
  const causes = new Map<string, readonly string[]>();
  const saidBy = new Map<string, number>();

  function onSaid(peer: number, message: ContentMessage): void {
    const { messageId, senderId, lamportTimestamp, causalHistory } = message;
    saidBy.set(messageId, peer);
    causes.set(
      messageId,
      causalHistory.map((entry) => entry.messageId),
    );
    world.observer.met({
      ...{
        id: asMessageId(messageId),
        lamport: Number(lamportTimestamp),
        sender: asParticipantId(senderId),
        signed: false,
      },
      ...{ publicKey: null, authorSeq: null, type: 1, composedAt: Number(lamportTimestamp), bytes: message.encode() },
      parents: causalHistory.map((entry) => ({ id: asMessageId(entry.messageId), lamport: null })),
      profileName: null,
    });
  }

  /** What ours tell a peer that they have, they have for good. */
  function checkWord(senderId: string, listed: readonly { readonly messageId: string }[]): void {
    const teller = world.members.find((member) => member.speaker.self === senderId);
    for (const { messageId } of teller === undefined ? [] : listed) {
      const has = teller?.disk.durable.has(asMessageId(messageId)) === true;
      world.guard(() =>
        check(has, "we do not mislead the peer", () => `${senderId} lists ${messageId} without having it`),
      );
    }
  }

  return withVirtualDate(world.clock, random, async () => {
    const peers = Array.from({ length: PEERS }, (_, index) => {
      return new Peer(OURS + index, world.channelId, world.key, world.air, random, {
        onReceived: ({ senderId, causalHistory }) => checkWord(senderId, causalHistory),
        onAcknowledged: () => {},
        onSaid: (message) => onSaid(OURS + index, message),
      });
    });
    world.guests.push(...peers);
    world.play([
      { at: 0, kind: "join", member: 0 },
      { at: 0, kind: "join", member: 1 },
    ]);
    for (let number = 0; number < MESSAGES; number++) {
      const at = MINUTE + Math.floor(random.next() * 15 * MINUTE);
      const who = Math.floor(random.next() * (OURS + PEERS));
      const text = `message ${number}`;
      world.clock.schedule(at, () => {
        if (who < OURS) void world.perform({ at, kind: "say", member: who, text, type: 1 });
        else peers[who - OURS]?.say(text);
      });
    }
    await world.run(settings.durationMs);
    await world.run(20 * MINUTE);
    world.observer.checkAll();
    checkNothingWaits(world);
    const result = compare();
    for (const peer of peers) peer.stop();
    await world.run(2 * MINUTE);
    await world.close();
    return result;

    function compare(): DifferentialResult {
      const all = [...world.observer.truths.values()].map(({ content }) => content.id);
      for (const truth of world.observer.truths.values()) {
        if (truth.author >= 0) saidBy.set(truth.content.id, truth.author);
        if (!causes.has(truth.content.id))
          causes.set(
            truth.content.id,
            truth.content.parents.map(({ id }) => id),
          );
      }
      const owed = (who: number): string[] => all.filter((id) => saidBy.get(id) !== who);
      const share = (who: number, has: (id: string) => boolean): number => {
        const wanted = owed(who);
        return wanted.length === 0 ? 100 : (100 * wanted.filter(has).length) / wanted.length;
      };
      const mean = (values: readonly number[]): number =>
        Number((values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(1));
      const logs = world.members.map((member) =>
        member.disk.ledger.flatMap((row) => (row.kind === "delivered" || row.kind === "accepted" ? [...row.ids] : [])),
      );
      return {
        ...{ seed, loss, messages: all.length },
        oursDelivered: mean(
          world.members.map((member, index) =>
            share(index, (id) => member.state.log.entries.get(asMessageId(id))?.status === "delivered"),
          ),
        ),
        peersDelivered: mean(peers.map((peer) => share(peer.index, (id) => peer.delivered.includes(id)))),
        oursTwice: logs.reduce((sum, log) => sum + log.length - new Set(log).size, 0),
        peersTwice: peers.reduce((sum, { heard }) => sum + heard.length - new Set(heard).size, 0),
        oursBeforeCause: logs.reduce((sum, log) => sum + beforeCause(log, causes), 0),
        peersBeforeCause: peers.reduce((sum, { delivered }) => sum + beforeCause(delivered, causes), 0),
      };
    }
  });
}

function beforeCause(order: readonly string[], causes: ReadonlyMap<string, readonly string[]>): number {
  let count = 0;
  for (const [place, id] of order.entries()) {
    for (const cause of causes.get(id) ?? []) if (order.indexOf(cause) > place) count++;
  }
  return count;
}
