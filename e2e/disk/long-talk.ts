import { encodeEnvelope } from "../../src/identity/authors/envelope-codec.ts";
import { TRAILER_FIELD, TRAILER_VERSION } from "../../src/identity/authors/trailer.ts";
import { senderIdOf } from "../../src/identity/keys/sender-id.ts";
import { createSeededRandom } from "../../src/runtime/seeded-random.ts";
import type { ChannelState } from "../../src/sds/channel-state.ts";
import type { Effect } from "../../src/sds/io/effect.ts";
import type { Change, ParentReference, StoredChannel } from "../../src/sds/io/records.ts";
import type { ChannelIdentity } from "../../src/sds/io/step-context.ts";
import type { IncomingClaim, IncomingContent, StepInput } from "../../src/sds/io/step-input.ts";
import { MESSAGE_TYPE } from "../../src/sds/parameters/message-type.ts";
import { type Restored, restore } from "../../src/sds/restore.ts";
import { nextWakeAt } from "../../src/sds/schedules.ts";
import { prepare, step } from "../../src/sds/step.ts";
import { specCodec } from "../../src/sds/wire/codec.ts";
import type { ParticipantId } from "../../src/sds/wire/ids.ts";
import { messageIdOf } from "../../src/sds/wire/message-id.ts";
import { ProtobufWriter } from "../../src/sds/wire/protobuf.ts";

/**
 * A talk of months, as one device took it in: the product's own core is given everything that others said, and says what is to be
 * written. Nobody verifies what is on disk already, so signatures are zeros, and a message costs no verdict.
 */
export interface LongTalkOptions {
  readonly identity: ChannelIdentity;
  readonly messages: number;
  /** This device among them. */
  readonly people: number;
  /** How many of the others acknowledge each message for itself; the rest say it with what they say next. */
  readonly acknowledging: number;
  /** When the last one was said. */
  readonly now: number;
}

/** Longer than the time within which each of twenty people acknowledges: each message is acknowledged by everybody for itself. */
const PACE_MS = 15_000;
const ACK_WITHIN_MS = 12_500;
/** Everybody has been there for as long as the channel is there. */
const JOINED_BEFORE_MS = 600_000;
const EMPTY: StoredChannel = { messages: [], outbox: [], participants: [], holes: [], meta: {} };
const NO_SIGNATURE = new Uint8Array(64);

interface Person {
  readonly id: ParticipantId;
  readonly publicKey: Uint8Array;
  said: number;
  last: ParentReference | null;
}

export interface LongTalk {
  readonly state: ChannelState;
  /** What is to be written, some hundred messages at a time. */
  readonly commits: Generator<readonly Change[], void, undefined>;
}

export function longTalk(options: LongTalkOptions): LongTalk {
  const first = restore(options.identity, EMPTY, { now: startOf(options), random: () => 0.5 });
  return { state: first.state, commits: talk(options, first) };
}

const startOf = ({ now, messages }: LongTalkOptions): number => now - messages * PACE_MS;

function* talk(options: LongTalkOptions, first: Restored): Generator<readonly Change[], void, undefined> {
  const { identity, messages, people, acknowledging } = options;
  const random = createSeededRandom(1);
  const start = startOf(options);
  const env = { now: start, random: () => random.next() };
  const { state } = first;
  let changes: Change[] = [...first.changes];
  let wakeAt = Number.POSITIVE_INFINITY;
  const others = Array.from({ length: people - 1 }, (): Person => {
    const publicKey = Uint8Array.from({ length: 32 }, () => Math.floor(random.next() * 256));
    return { id: senderIdOf(identity.channelId, publicKey), publicKey, said: 0, last: null };
  });
  const completeSince = start - JOINED_BEFORE_MS;
  let newest: ParentReference | null = null;

  function take(input: StepInput): void {
    for (const effect of step(state, input, env)) perform(effect);
    wakeAt = nextWakeAt(state, env.now);
  }

  function perform(effect: Effect): void {
    if (effect.kind === "commit") changes.push(...effect.changes);
    if (effect.kind !== "send") return;
    const outcome = { ok: true, hint: hintOf(env.now) } as const;
    take({ kind: "attempt-result", id: effect.id, attempt: effect.attempt, outcome });
  }

  function goTo(time: number): void {
    while (wakeAt <= time) {
      env.now = Math.max(env.now + 1, wakeAt);
      take({ kind: "wake" });
    }
    env.now = Math.max(env.now, time);
  }

  function sayMyself(number: number): IncomingContent {
    const { authorSeq, lamport, parents } = prepare(state, env);
    const by = { id: identity.self, publicKey: identity.publicKey };
    const content = contentOf(identity, by, { number, people, authorSeq, lamport, parents });
    take({ kind: "composed", content, requestId: `said-${number}` });
    return content;
  }

  function hear(person: Person, number: number): IncomingContent {
    const parents = [...new Set([person.last, newest])].flatMap((parent) => parent ?? []);
    const said = { number, people, authorSeq: ++person.said, lamport: env.now, parents };
    const content = contentOf(identity, person, said);
    const listed = parents.map(({ id, hint }) => ({ messageId: id, retrievalHint: hint }));
    const claim = claimOf(person, "content", env.now, completeSince, listed);
    take({ kind: "receive-content", content, claim, source: "live", hint: hintOf(env.now) });
    person.last = { id: content.id, lamport: content.lamport, hint: hintOf(content.lamport) };
    return content;
  }

  function acknowledge(person: Person, { id }: IncomingContent): void {
    const claim = claimOf(person, "sync", env.now, completeSince, [{ messageId: id }]);
    take({ kind: "receive-sync", claim, source: "live" });
  }

  take({ kind: "connection", online: true });
  for (let number = 0; number < messages; number++) {
    const said = start + number * PACE_MS;
    goTo(said);
    const speaker = number % people;
    const person = others[speaker - 1];
    const content = person === undefined ? sayMyself(number) : hear(person, number);
    newest = { id: content.id, lamport: content.lamport, hint: hintOf(content.lamport) };
    const silent = others.filter((other) => other !== person);
    for (const [index, other] of silent.slice(0, acknowledging).entries()) {
      goTo(said + Math.floor(((index + 1) * ACK_WITHIN_MS) / people));
      acknowledge(other, content);
    }
    if (number % AT_ONCE !== AT_ONCE - 1 && number !== messages - 1) continue;
    take({ kind: "marked-read", lamport: env.now });
    take({ kind: "history-read", source: "", cursor: env.now });
    yield changes;
    changes = [];
  }
}

/** Some ten thousand rows in one transaction: more would hold all of them in memory, fewer make it slow. */
const AT_ONCE = 500;

/** What the newest message of such a talk says. */
export const newestTextOf = (messages: number): string => textOf(messages - 1);

function textOf(number: number): string {
  return `Message number ${number} of a long talk among many, who say about as much as people do in one breath.`;
}

/** Says who somebody is, the first time that they say anything. */
export const nameOf = (speaker: number): string => (speaker === 0 ? "Ada" : `Member ${speaker}`);

interface Said {
  readonly number: number;
  readonly people: number;
  readonly authorSeq: number;
  readonly lamport: number;
  readonly parents: readonly ParentReference[];
}

function contentOf(
  { channelId }: ChannelIdentity,
  { id: sender, publicKey }: Pick<Person, "id" | "publicKey">,
  { number, people, authorSeq, lamport, parents }: Said,
): IncomingContent {
  const profileName = number < people ? nameOf(number) : null;
  const type = profileName === null ? MESSAGE_TYPE.chat : MESSAGE_TYPE.profile;
  const content = encodeEnvelope({
    ...{ version: 1, publicKey, authorSeq, composedAt: lamport, type, signature: NO_SIGNATURE },
    body: new TextEncoder().encode(profileName ?? textOf(number)),
    parentDeltas: parents.map((parent) => lamport - (parent.lamport ?? 0)),
  });
  const id = messageIdOf(content);
  const message = specCodec.encode({
    ...{ kind: "content", senderId: sender, messageId: id, channelId, lamport, content },
    causalHistory: parents.map((parent) => ({ messageId: parent.id, retrievalHint: parent.hint })),
    repairRequests: [],
    bloomFilter: undefined,
  });
  const bytes = new ProtobufWriter(message.length + 96).raw(message).raw(trailerOf(lamport)).finish();
  return {
    ...{
      id,
      lamport,
      sender,
      signed: true,
      publicKey,
      authorSeq,
      type,
      composedAt: lamport,
      parents,
      bytes,
      profileName,
    },
  };
}

function trailerOf(lamport: number): Uint8Array {
  return new ProtobufWriter(96)
    .message(TRAILER_FIELD, (writer) => {
      writer.uint32(1, TRAILER_VERSION).uint32(2, 0).uint64(3, lamport).bytes(15, NO_SIGNATURE);
    })
    .finish();
}

function claimOf(
  { id: sender, publicKey }: Person,
  by: IncomingClaim["by"],
  lamport: number,
  completeSince: number,
  listed: IncomingClaim["listed"],
): IncomingClaim {
  return {
    sender,
    signed: true,
    publicKey,
    by,
    lamport,
    completeSince,
    listed,
    repairRequests: [],
    receiptsWantedFrom: null,
  };
}

/** As random as that of a Store, and always the same. */
function hintOf(lamport: number): Uint8Array {
  const random = createSeededRandom(lamport % 2 ** 31);
  return Uint8Array.from({ length: 32 }, () => Math.floor(random.next() * 256));
}
