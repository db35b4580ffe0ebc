import fc from "fast-check";
import { expect, it } from "vitest";
import type { ChannelState } from "../channel-state.ts";
import type { MessageRecord, ParticipantRecord, StoredChannel } from "../io/records.ts";
import { MESSAGE_TYPE } from "../parameters/message-type.ts";
import { CHANNEL_PARAMETER_DEFAULTS } from "../parameters/parameters.ts";
import { restore } from "../restore.ts";
import { asChannelId, asMessageId, asParticipantId } from "../wire/ids.ts";

/** Claims that are followed together prove what they prove one by one, whatever was stored. */

const START = 1_760_000_000_000;
/** Few, so that several claims are of one participant; more than go into one pass have a test of their own. */
const PEOPLE = 4;
const idOf = (number: number) => asMessageId(`message ${String((number * 7_919) % 10_007).padStart(5, "0")}`);

const messages = fc.array(
  fc.record({
    author: fc.nat(PEOPLE - 1),
    parents: fc.array(fc.record({ back: fc.integer({ min: 1, max: 5 }), lie: fc.constantFrom(0, 0, 0, 0, -3, 4) }), {
      minLength: 1,
      maxLength: 4,
    }),
    kind: fc.constantFrom(...Array(12).fill("signed"), "unsigned", "gone", "waits"),
    late: fc.constantFrom(0, 0, 0, 7),
  }),
  { minLength: 8, maxLength: 40, size: "max" },
);
const claims = fc.array(
  fc.record({
    by: fc.nat(PEOPLE - 1),
    of: fc.nat(44),
    since: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -20, max: 200 }) }, fc.constant(Infinity)),
  }),
  { minLength: 4, maxLength: 24, size: "max" },
);

type Messages = typeof messages extends fc.Arbitrary<infer T> ? T : never;
type Claims = typeof claims extends fc.Arbitrary<infer T> ? T : never;

function storedOf(said: Messages, claimed: Claims, isNumbered: boolean, people = PEOPLE): StoredChannel {
  const lamportOf = (number: number) =>
    START + number * 10 + (said[number]?.kind === "unsigned" ? said[number].late * 10 : 0);
  const records = said.flatMap(({ author, parents, kind }, number): MessageRecord[] => {
    if (kind === "gone") return [];
    const named = new Map(parents.filter(({ back }) => back <= number).map(({ back, lie }) => [number - back, lie]));
    return [
      {
        ...{ id: idOf(number), lamport: lamportOf(number), sender: asParticipantId(`p${author}`), mine: author === 0 },
        ...{ signed: kind !== "unsigned", authorSeq: isNumbered ? number + 1 : null, type: MESSAGE_TYPE.chat, size: 8 },
        ...{ composedAt: START, receivedAt: START, audience: [], status: kind === "waits" ? "buffered" : "delivered" },
        parents: [...named].map(([parent, lie]) => ({ id: idOf(parent), lamport: lamportOf(parent) + lie })),
      },
    ];
  });
  const participants = Array.from({ length: people }, (_, index): ParticipantRecord => {
    const own = new Map(claimed.filter(({ by }) => by === index).map(({ of, since }) => [idOf(of), START + since]));
    return {
      ...{ index, id: asParticipantId(`p${index}`), publicKey: Uint8Array.of(index), heardAt: 0, heardConnectedMs: 0 },
      ...{ lastClaimLamport: -1, name: "", nameLamport: -1 },
      claims: [...own].map(([id, completeSince]) => ({ id, completeSince })),
    };
  });
  return { messages: records, participants, outbox: [], holes: [], meta: { joinLamport: START - 1_000 } };
}

function restored(stored: StoredChannel, far: number): ChannelState {
  const identity = {
    ...{ channelId: asChannelId("c"), self: asParticipantId("p0"), publicKey: Uint8Array.of(0) },
    ...({ profile: "community", parameters: CHANNEL_PARAMETER_DEFAULTS } as const),
  };
  return restore(identity, stored, { now: START + 1_000, random: () => 0.5 }, { far }).state;
}

/** All that following claims makes, in the order in which it stands. */
function evidenceOf({ participants, log, evidence }: ChannelState) {
  return {
    who: participants.all.map(({ claims: kept, credits, unresolvedClaims }) => ({
      kept: kept.stored(),
      needed: kept.ids().map((id) => kept.isNeeded(id)),
      has: Array.from(log.entries.values(), ({ number }) => credits.since(number)),
      unresolvedClaims,
    })),
    pending: Array.from(evidence.pending, ([id, waiting]) => [
      id,
      ...Array.from(waiting, ([{ index }, since]) => [index, since]),
    ]),
  };
}

//= protocol: CLAIM-2, CLAIM-8
it("proves the same, and keeps the same claims, as each claim by itself", () => {
  fc.assert(
    fc.property(messages, claims, fc.nat(3), fc.boolean(), (said, claimed, far, isNumbered) => {
      const stored = storedOf(said, claimed, isNumbered);
      expect(evidenceOf(restored(stored, far))).toEqual(evidenceOf(restored(stored, Number.POSITIVE_INFINITY)));
    }),
    { numRuns: 300 },
  );
});

it("for more participants than go into one pass", () => {
  const said: Messages = Array.from({ length: 40 }, (_, number) => ({
    ...{ author: number % 3, parents: [{ back: 1, lie: 0 }], kind: "signed", late: 0 },
  }));
  const claimed = Array.from({ length: 36 }, (_, by) => ({ by, of: 39 - (by % 5), since: 10 * (by % 7) }));
  const stored = storedOf(said, claimed, true, 36);
  const evidence = evidenceOf(restored(stored, 2));
  expect(evidence).toEqual(evidenceOf(restored(stored, Number.POSITIVE_INFINITY)));
  expect(evidence.who[35]?.has.filter((since) => since !== null).length).toBeGreaterThan(30);
});
