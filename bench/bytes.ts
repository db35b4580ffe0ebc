import { composeSync } from "../src/channel/sending/compose.ts";
import { encryptPayload } from "../src/identity/secrecy/payload-encryption.ts";
import { asMessageId } from "../src/sds/wire/ids.ts";
import { messageIdOf } from "../src/sds/wire/message-id.ts";
import { me } from "./support/our-channel.ts";
import { PeerChannel, PeerTraffic } from "./support/peer-channel.ts";
import { type Row, row, type Subject } from "./support/row.ts";
import { CHANNEL, COMPLETE_SINCE, START, Traffic, textOf } from "./support/traffic.ts";

const KEY = new Uint8Array(32).fill(9);

/** SDS bytes by kind of message, and what is left of the difference once both are encrypted (and padded). */
export const bytes: Subject = { name: "bytes", run: byteRows };

async function* byteRows(): AsyncGenerator<Row, void, undefined> {
  const peerContent = await peerMessage(2, "content", false);
  const peerHinted = await peerMessage(2, "content", true);
  const peerSync = await peerMessage(2, "sync", true);
  const plain = await signedContent(false);
  yield row("content, 100-byte text, 2 causes, signed", "bytes", plain.length, peerContent.length);
  const hinted = await signedContent(true);
  yield row("content, 100-byte text, 2 causes with hints, signed", "bytes", hinted.length, peerHinted.length);
  yield row("content, the same encrypted", "bytes", await encrypted(hinted), await encrypted(peerHinted));
  for (const heads of [1, 8]) {
    const sync = await signedSync(heads);
    yield row(`sync, ${heads} heads with hints, signed`, "bytes", sync.length, peerSync.length);
    yield row(`sync, ${heads} heads, the same encrypted`, "bytes", await encrypted(sync), await encrypted(peerSync));
  }
  for (const kind of ["content", "sync"] as const) {
    const { length } = await peerMessage(200, kind, true);
    yield row(`${kind} of the peer by its default, 200 causes`, "bytes", null, length);
  }
}

async function signedContent(hints: boolean): Promise<Uint8Array> {
  const traffic = new Traffic({ authors: 5, dependencies: 2, hints });
  const sent = await traffic.takeSigned(20);
  return sent.at(-1)?.bytes ?? new Uint8Array();
}

export async function signedSync(heads: number): Promise<Uint8Array> {
  const causalHistory = Array.from({ length: heads }, (_, i) => ({
    messageId: messageIdOf(textOf(i)),
    retrievalHint: new Uint8Array(32).fill(i + 1),
  }));
  return composeSync(
    { channelId: CHANNEL, self: me.id, signer: me.signer },
    {
      messageId: asMessageId(START.toString(36)),
      lamport: START,
      causalHistory,
      completeSince: COMPLETE_SINCE,
      bloomFilter: undefined,
      repairRequests: [],
      receiptsWantedFrom: null,
      checkpoint: false,
    },
  );
}

export async function encrypted(message: Uint8Array): Promise<number> {
  return (await encryptPayload(KEY, message)).length;
}

export async function peerMessage(dependencies: number, kind: "content" | "sync", hints: boolean): Promise<Uint8Array> {
  const peer = new PeerChannel("s1AAAAAAAAAAAAAAAAAAAAAAAAAAA", dependencies);
  peer.fill(new PeerTraffic(2, hints).take(300));
  return kind === "content" ? peer.send(textOf(1_000)) : peer.sendSync();
}
