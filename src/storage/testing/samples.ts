import type { DayRecord } from "../../sds/io/day-sums.ts";
import type { LedgerRow } from "../../sds/io/ledger.ts";
import type {
  BodyRecord,
  Change,
  HoleRecord,
  MessageRecord,
  OutboxRecord,
  ParticipantRecord,
  SummaryRecord,
} from "../../sds/io/records.ts";
import { asChannelId, asMessageId, asParticipantId, type ChannelId, type MessageId } from "../../sds/wire/ids.ts";

/** Records of the shape and size of real ones, all derived from numbers, so that a reader can rebuild what was written. */
export const CHANNEL_A: ChannelId = asChannelId("AAECAwQFBgcICQoLDA0ODw");
export const CHANNEL_B: ChannelId = asChannelId("EBESExQVFhcYGRobHB0eHw");

const START = 1_760_000_000_000;

export const idOf = (n: number): MessageId => asMessageId(n.toString(16).padStart(8, "0").repeat(8));

export const bytesOf = (n: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_byte, at) => (n * 31 + at * 7) & 0xff);

export function messageOf(n: number): MessageRecord {
  const mine = n % 5 === 0;
  return {
    id: idOf(n),
    lamport: START + n,
    sender: asParticipantId(`s1${"sender".repeat(4)}${n % 7}`),
    mine,
    signed: n % 11 !== 0,
    authorSeq: n % 11 === 0 ? null : n,
    type: 1,
    composedAt: START + n,
    parents: [1, 2, 3]
      .filter((back) => back <= n)
      .map((back) => ({ id: idOf(n - back), lamport: START + n - back, hint: bytesOf(n - back, 32) })),
    status: "delivered",
    size: 300 + n,
    receivedAt: START + n + 100,
    audience: mine ? [0, 1, 2, 3, 4] : [],
    ...(n % 2 === 0 ? { hint: bytesOf(n, 32) } : {}),
  };
}

export const bodyOf = (n: number, length = 300): BodyRecord => ({ id: idOf(n), bytes: bytesOf(n, length) });

export const outboxOf = (n: number): OutboxRecord => ({
  id: idOf(n),
  stage: n % 2 === 0 ? "queued" : "failed",
  attempts: n,
  acceptedAt: START + n,
  firstAttemptAt: n === 0 ? null : START + n + 1,
  nextAttemptAt: null,
  taken: n % 2 === 1,
  requestId: `request-${n}`,
  reason: n % 2 === 0 ? "" : "too large – zu groß – 大きすぎる",
});

export const participantOf = (n: number): ParticipantRecord => ({
  index: n,
  id: asParticipantId(`s1participant${n}`),
  publicKey: n === 0 ? null : bytesOf(n, 32),
  heardAt: START + n,
  heardConnectedMs: n * 1_000,
  lastClaimLamport: 2 ** 53 - 1 - n,
  claims: [{ id: idOf(n), completeSince: START }],
  name: `Participant ${n} 🎉`,
  nameLamport: 0,
});

export const holeOf = (n: number): HoleRecord => ({
  id: idOf(n),
  lamport: n === 0 ? null : START + n,
  state: n % 2 === 0 ? "fetching" : "lost",
  since: START,
  ...(n % 2 === 0 ? {} : { hint: bytesOf(n, 32) }),
});

export const ledgerRowOf = (seq: number, ...about: readonly number[]): LedgerRow => ({
  seq,
  at: START + seq,
  ids: about.map(idOf),
  ...(about.length > 1
    ? { kind: "evidence", participant: seq % 5, by: "sync", listed: 1, signed: true }
    : { kind: "delivered", participant: seq % 3 === 0 ? null : seq % 3 }),
});

export const summaryOf = (n: number): SummaryRecord => ({ lamport: START + n, bytes: bytesOf(n, 90) });

export const dayOf = (day: number): DayRecord => ({ day, sums: { accepted: day % 7, words: 18 * day } });

export const put = {
  message: (n: number): Change => ({ op: "put", table: "message", record: messageOf(n) }),
  body: (n: number, length?: number): Change => ({ op: "put", table: "body", record: bodyOf(n, length) }),
  outbox: (n: number): Change => ({ op: "put", table: "outbox", record: outboxOf(n) }),
  participant: (n: number): Change => ({ op: "put", table: "participant", record: participantOf(n) }),
  hole: (n: number): Change => ({ op: "put", table: "hole", record: holeOf(n) }),
  summary: (n: number): Change => ({ op: "put", table: "summary", record: summaryOf(n) }),
  day: (day: number): Change => ({ op: "put", table: "day", record: dayOf(day) }),
  ledger: (seq: number, ...about: readonly number[]): Change => ({
    op: "put",
    table: "ledger",
    record: ledgerRowOf(seq, ...about),
  }),
};

/** What one received message writes. */
export const receiveOf = (n: number): Change[] => [
  put.message(n),
  put.body(n),
  put.ledger(n + 1, n),
  put.participant(n % 7),
  { op: "meta", key: "lamport", value: START + n },
];

/** A change that no storage can write: a function is not data. */
export const unwritable = (n: number): Change =>
  ({ op: "put", table: "message", record: { ...messageOf(n), status: () => n } }) as unknown as Change;
