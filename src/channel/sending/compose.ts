import { signEnvelope } from "../../identity/authors/envelope.ts";
import { appendTrailer, RECEIPT_PREFIX_BYTES, RECEIPTS_WANTED } from "../../identity/authors/trailer.ts";
import type { Signer } from "../../identity/port.ts";
import type { Preparation, SyncDraft } from "../../sds/io/effect.ts";
import type { IncomingContent } from "../../sds/io/step-input.ts";
import { MESSAGE_TYPE } from "../../sds/parameters/message-type.ts";
import { specCodec } from "../../sds/wire/codec.ts";
import type { ChannelId, ParticipantId } from "../../sds/wire/ids.ts";
import { messageIdOf } from "../../sds/wire/message-id.ts";
import { profileNameOf } from "../api/display-name.ts";
import { decodeText } from "../api/text.ts";

export interface Author {
  readonly channelId: ChannelId;
  readonly self: ParticipantId;
  readonly signer: Signer;
}

/** Signs an own message: the author's envelope around the text, the SDS message around that, the trailer behind. */
export async function composeContent(
  author: Author,
  preparation: Preparation,
  type: number,
  body: Uint8Array,
  composedAt: number,
): Promise<IncomingContent> {
  const { channelId, self, signer } = author;
  const { authorSeq, lamport, parents, completeSince, bloomFilter } = preparation;
  //= protocol: COMPOSE-5
  const content = await signEnvelope(
    { authorSeq, composedAt, type, body, parentLamports: parents.map((parent) => parent.lamport ?? 0) },
    { channelId, senderId: self, lamport, causalIds: parents.map((parent) => parent.id) },
    signer,
  );
  const id = messageIdOf(content);
  const message = specCodec.encode({
    kind: "content",
    senderId: self,
    messageId: id,
    channelId,
    lamport,
    //= protocol: COMPOSE-3
    causalHistory: parents.map((parent) => ({ messageId: parent.id, retrievalHint: parent.hint })),
    repairRequests: [],
    bloomFilter,
    content,
  });
  //= protocol: SIGN-8, COMPOSE-5
  const bytes = await appendTrailer(message, { flags: 0, completeSince }, signer);
  const profileName = type === MESSAGE_TYPE.profile ? profileNameOf(decodeText(body)) : null;
  return {
    ...{ id, lamport, authorSeq, composedAt, parents, bytes, profileName },
    sender: self,
    signed: true,
    publicKey: signer.publicKey,
    type,
  };
}

/** Signs a message that enters no log: it has no timestamp, no causes and no number. */
export async function composeEphemeral(
  { channelId, self, signer }: Author,
  type: number,
  body: Uint8Array,
  composedAt: number,
): Promise<Uint8Array> {
  //= protocol: EPHEMERAL-4
  const content = await signEnvelope(
    { authorSeq: 0, composedAt, type, body, parentLamports: [] },
    { channelId, senderId: self, lamport: null, causalIds: [] },
    signer,
  );
  const head = { senderId: self, messageId: messageIdOf(content), channelId, causalHistory: [], repairRequests: [] };
  return specCodec.encode({ kind: "ephemeral", ...head, content });
}

/** Signs a sync: what I have, and since when without a gap. */
export async function composeSync(author: Author, draft: SyncDraft): Promise<Uint8Array> {
  const { channelId, self, signer } = author;
  const message = specCodec.encode({
    kind: "sync",
    senderId: self,
    messageId: draft.messageId,
    channelId,
    lamport: draft.lamport,
    causalHistory: draft.causalHistory,
    repairRequests: draft.repairRequests,
    bloomFilter: draft.bloomFilter,
  });
  const { completeSince, receiptsWantedFrom } = draft;
  const receiptsFrom = receiptsWantedFrom === null ? undefined : receiptPrefixes(receiptsWantedFrom);
  const flags = receiptsFrom === undefined ? 0 : RECEIPTS_WANTED;
  //= protocol: SIGN-8, RECEIPT-2
  return appendTrailer(message, { flags, completeSince, publicKey: signer.publicKey, receiptsFrom }, signer);
}

function receiptPrefixes(prefixes: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(prefixes.length * RECEIPT_PREFIX_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, prefix] of prefixes.entries()) view.setUint32(index * RECEIPT_PREFIX_BYTES, prefix);
  return bytes;
}
