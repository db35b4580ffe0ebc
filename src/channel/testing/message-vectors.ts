import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { splitTrailer } from "../../identity/authors/trailer.ts";
import { createNobleSigner } from "../../identity/keys/noble-signer.ts";
import { senderIdOf } from "../../identity/keys/sender-id.ts";
import { BloomFilter } from "../../sds/filter/bloom-filter.ts";
import { hash64 } from "../../sds/holes/repair-timing.ts";
import type { ParentReference } from "../../sds/io/records.ts";
import { MESSAGE_TYPE } from "../../sds/parameters/message-type.ts";
import { decodeMessage } from "../../sds/wire/codec.ts";
import { asChannelId, asMessageId, type MessageId } from "../../sds/wire/ids.ts";
import type { HistoryEntry } from "../../sds/wire/message.ts";
import { ProtobufReader } from "../../sds/wire/protobuf.ts";
import { type Incoming, inputOf } from "../receiving/incoming.ts";
import { type Author, composeContent, composeEphemeral, composeSync } from "../sending/compose.ts";

/** Whole messages with fixed keys and times, as data for any implementation. Bytes are lower-case hex. */
export interface MessageVector {
  readonly name: string;
  readonly by: string;
  /** Whether Waku's `ephemeral` flag is set on the frame around it. */
  readonly ephemeral: boolean;
  readonly bytes: string;
  /** [field number, bytes with tag and length] of the SDS message, in order. */
  readonly fields: readonly (readonly [number, number])[];
  readonly trailer: Readonly<Record<string, string | number>>;
  readonly verdict: VerdictVector;
}

/** The same of a message that is in no log and has no trailer. */
export type EphemeralVector = Omit<MessageVector, "trailer">;

/** What a receiver who knows nothing of the message makes of it; times are those of the vectors' clock. */
export type VerdictVector =
  | { readonly result: "refused"; readonly reason: string }
  | { readonly result: "sync"; readonly claim: ClaimVector }
  | {
      readonly result: "ephemeral";
      readonly id: string;
      readonly sender: string;
      readonly signed: boolean;
      readonly type: string;
      readonly text: string;
      readonly composedAt: number | null;
    }
  | {
      readonly result: "content";
      readonly id: string;
      readonly sender: string;
      readonly signed: boolean;
      readonly authorSeq: number | null;
      readonly type: number;
      readonly lamport: number;
      readonly parents: readonly (readonly [id: string, lamport: number | null])[];
      /** Null: what the message lists is no word of the sender's. */
      readonly claim: ClaimVector | null;
    };

export interface ClaimVector {
  readonly signed: boolean;
  /** Null without a signature: no ancestry. */
  readonly completeSince: number | null;
  readonly lists: readonly string[];
  readonly requests: readonly string[];
  /** Null: no receipts wanted. */
  readonly receiptsFrom: readonly number[] | null;
}

export const CHANNEL = asChannelId("AAECAwQFBgcICQoLDA0ODw");
export const START = 1_760_000_000_000;
const JOIN = START - 600_000;

export const SEEDS = { ada: 0x11, ben: 0x22, cleo: 0x33 } as const;
export type MemberName = keyof typeof SEEDS;

export function memberOf(name: MemberName): Author & { readonly secretKey: string } {
  const seed = new Uint8Array(32).fill(SEEDS[name]);
  const signer = createNobleSigner(seed);
  return { channelId: CHANNEL, self: senderIdOf(CHANNEL, signer.publicKey), signer, secretKey: bytesToHex(seed) };
}

export function memberVectors() {
  return (Object.keys(SEEDS) as MemberName[]).map((name) => {
    const { secretKey, signer, self } = memberOf(name);
    const receiptPrefix = Number(hash64(self) >> 32n);
    return { name, secretKey, publicKey: bytesToHex(signer.publicKey), senderId: self, receiptPrefix };
  });
}

/** The messages in the order in which they were said; later ones build on earlier ones. */
export async function deriveMessageVectors(): Promise<readonly MessageVector[]> {
  const profile = await content("profile, first of its author", "ada", "profile", "Ada", START, { seq: 1 });
  const question = await content("chat, one cause with retrieval hint", "ada", "chat", "who has it?", START + 1_000, {
    seq: 2,
    parents: [{ ...parentOf(profile), hint: new Uint8Array(32).fill(0xa1) }],
  });
  const announcement = await content("announcement with two causes", "ben", "announcement", "I have", START + 2_000, {
    seq: 1,
    parents: [parentOf(profile), { ...parentOf(question), hint: new Uint8Array(32).fill(0xb2) }],
  });
  const bloom = new BloomFilter({ capacity: 16, errorRate: 0.001 });
  for (const vector of [profile, question]) bloom.insert(idOf(vector));
  const filtered = await content(
    "chat with a bloom filter for 16 ids (profile sds)",
    "cleo",
    "chat",
    "ok",
    START + 3_000,
    {
      ...{ seq: 1, parents: [parentOf(question)], bloomFilter: bloom.toBytes() },
    },
  );
  const heads = [{ messageId: idOf(announcement), retrievalHint: new Uint8Array(32).fill(0xc3) }];
  const lost = (digit: string) => asMessageId(digit.repeat(64));
  return [
    ...[profile, question, announcement, filtered],
    await sync("sync with one head", "cleo", START + 4_000, { heads }),
    await sync("sync of a newcomer, nothing listed", "cleo", START + 4_001, { heads: [] }),
    await sync("sync with two repair requests", "cleo", START + 5_000, {
      heads,
      completeSince: START + 1_501,
      requests: [{ messageId: lost("d") }, { messageId: lost("e"), retrievalHint: new Uint8Array(32).fill(0xe5) }],
    }),
    await sync("receipts wanted from ben and cleo", "ada", START + 6_000, {
      heads: [{ messageId: idOf(announcement) }, { messageId: idOf(question) }],
      receiptsFrom: ["ben", "cleo"],
    }),
    await sync("checkpoint", "ben", START + 7_000, { heads: [{ messageId: idOf(announcement) }], checkpoint: true }),
    await content("void, for a message deleted before it left", "ben", "void", "", START + 8_000, {
      seq: 2,
      parents: [parentOf(announcement)],
    }),
    await sync("sync with a bloom filter for 16 ids (profile sds)", "cleo", START + 9_000, {
      heads,
      bloomFilter: bloom.toBytes(),
    }),
  ];
}

export async function deriveEphemeralVectors(): Promise<readonly EphemeralVector[]> {
  const { self: sender } = memberOf("ben");
  const [composedAt, text] = [START + 10_000, "is writing"];
  const body = new TextEncoder().encode(text);
  const bytes = await composeEphemeral(memberOf("ben"), MESSAGE_TYPE.status, body, composedAt);
  const decoded = decodedOf({ bytes: bytesToHex(bytes) });
  return [
    {
      ...{ name: "ephemeral status", by: "ben", ephemeral: true, bytes: bytesToHex(bytes), fields: fieldSizes(bytes) },
      verdict: {
        ...{ result: "ephemeral", id: decoded.messageId, sender, signed: true, type: "status", text, composedAt },
      },
    },
  ];
}

interface ContentParts {
  readonly seq: number;
  readonly parents?: readonly ParentReference[];
  readonly bloomFilter?: Uint8Array;
}

async function content(
  name: string,
  by: MemberName,
  type: keyof typeof MESSAGE_TYPE,
  text: string,
  lamport: number,
  { seq, parents = [], bloomFilter }: ContentParts,
): Promise<MessageVector> {
  const preparation = { authorSeq: seq, lamport, parents, completeSince: JOIN, bloomFilter };
  const body = new TextEncoder().encode(text);
  const composed = await composeContent(memberOf(by), preparation, MESSAGE_TYPE[type], body, lamport);
  const verdict: VerdictVector = {
    result: "content",
    ...{ id: composed.id, sender: composed.sender, signed: true, authorSeq: seq, type: composed.type, lamport },
    parents: parents.map((parent) => [parent.id, parent.lamport] as const),
    claim: claimed(
      parents.map((parent) => parent.id),
      { completeSince: JOIN },
    ),
  };
  return vectorOf(name, by, composed.bytes, false, verdict);
}

interface SyncParts {
  readonly heads: readonly HistoryEntry[];
  readonly completeSince?: number;
  readonly requests?: readonly HistoryEntry[];
  readonly receiptsFrom?: readonly MemberName[];
  readonly bloomFilter?: Uint8Array;
  readonly checkpoint?: true;
}

async function sync(name: string, by: MemberName, lamport: number, parts: SyncParts): Promise<MessageVector> {
  const { heads, completeSince = JOIN, requests = [], checkpoint = false, bloomFilter } = parts;
  const receiptsFrom = parts.receiptsFrom?.map((member) => Number(hash64(memberOf(member).self) >> 32n)) ?? null;
  const bytes = await composeSync(memberOf(by), {
    ...{ messageId: asMessageId(lamport.toString(36)), lamport, causalHistory: heads, completeSince, checkpoint },
    ...{ bloomFilter, repairRequests: requests, receiptsWantedFrom: receiptsFrom },
  });
  const ids = (entries: readonly HistoryEntry[]) => entries.map((entry) => entry.messageId);
  const claim = claimed(ids(heads), { completeSince, requests: ids(requests), receiptsFrom });
  return vectorOf(name, by, bytes, !checkpoint, { result: "sync", claim });
}

function claimed(lists: readonly string[], rest: Partial<ClaimVector>): ClaimVector {
  return { signed: true, completeSince: null, lists, requests: [], receiptsFrom: null, ...rest };
}

function vectorOf(name: string, by: string, bytes: Uint8Array, ephemeral: boolean, verdict: VerdictVector) {
  return {
    name,
    by,
    ephemeral,
    bytes: bytesToHex(bytes),
    fields: fieldSizes(bytes),
    trailer: trailerOf(bytes),
    verdict,
  };
}

function fieldSizes(bytes: Uint8Array): (readonly [number, number])[] {
  const sizes: (readonly [number, number])[] = [];
  const reader = new ProtobufReader(bytes);
  while (reader.next()) {
    reader.skip();
    sizes.push([reader.field, reader.offset - reader.fieldStart]);
  }
  return sizes;
}

function trailerOf(bytes: Uint8Array): Record<string, string | number> {
  const split = splitTrailer(bytes);
  if (split === null) throw new Error("A vector has no trailer");
  const { flags, completeSince, publicKey, receiptsFrom, signature } = split.trailer;
  return {
    ...{ begins: split.message.length, flags, completeSince },
    ...(publicKey === undefined ? {} : { publicKey: bytesToHex(publicKey) }),
    ...(receiptsFrom === undefined ? {} : { receiptsFrom: bytesToHex(receiptsFrom) }),
    signature: bytesToHex(signature),
  };
}

/** Outcome of `readIncoming`, in the form of the vectors. */
export function verdictOf(incoming: Incoming): VerdictVector {
  if (incoming.kind === "refused") return { result: "refused", reason: incoming.reason };
  if (incoming.kind === "copy") throw new Error("Not a verdict: the message is held");
  if (incoming.kind === "ephemeral") {
    const { id, author: sender, signed, type, text, composedAt } = incoming.message;
    return { result: "ephemeral", id, sender, signed, type, text, composedAt };
  }
  const problem = incoming.trailer?.verify() ?? null;
  if (incoming.kind === "sync" && problem !== null) return { result: "refused", reason: problem };
  const input = incoming.kind === "sync" ? inputOf(incoming.trailer) : incoming.input;
  if (input.kind !== "receive-content" && input.kind !== "receive-sync")
    throw new Error(`Not a verdict: ${input.kind}`);
  const said = input.claim ?? (problem === null ? incoming.trailer?.claim : undefined) ?? null;
  const claim: ClaimVector | null = said && {
    signed: said.signed,
    completeSince: Number.isFinite(said.completeSince) ? said.completeSince : null,
    lists: said.listed.map((entry) => entry.messageId),
    requests: said.repairRequests.map((entry) => entry.messageId),
    receiptsFrom: said.receiptsWantedFrom,
  };
  if (input.kind === "receive-content") {
    const { id, sender, signed, authorSeq, type, lamport, parents } = input.content;
    const edges = parents.map((parent) => [parent.id, parent.lamport] as const);
    return { result: "content", id, sender, signed, authorSeq, type, lamport, parents: edges, claim };
  }
  if (claim === null) throw new Error("A sync without a claim is refused");
  return { result: "sync", claim };
}

export function decodedOf(vector: Pick<MessageVector, "bytes">) {
  const decoded = decodeMessage(hexToBytes(vector.bytes));
  if (!decoded.ok) throw new Error(`A vector is no message: ${decoded.reason}`);
  return decoded.message;
}

function idOf(vector: MessageVector): MessageId {
  return decodedOf(vector).messageId;
}

function parentOf(vector: MessageVector): ParentReference {
  const message = decodedOf(vector);
  if (message.kind !== "content") throw new Error("Only content is a cause");
  return { id: message.messageId, lamport: Number(message.lamport) };
}
