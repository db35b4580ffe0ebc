import { describe, expect, it } from "vitest";
import { createNobleSigner } from "../../identity/keys/noble-signer.ts";
import { senderIdOf } from "../../identity/keys/sender-id.ts";
import type { Signed, VerdictOf } from "../../identity/keys/verdicts.ts";
import { encryptPayload } from "../../identity/secrecy/payload-encryption.ts";
import { MESSAGE_TYPE } from "../../sds/parameters/message-type.ts";
import { specCodec } from "../../sds/wire/codec.ts";
import { asChannelId, type MessageId } from "../../sds/wire/ids.ts";
import { messageIdOf } from "../../sds/wire/message-id.ts";
import type { InboundFrame } from "../../transport/port.ts";
import { composeContent, composeEphemeral, composeSync } from "../sending/compose.ts";
import { openFrame } from "./opened-frame.ts";
import { createOpening } from "./opening.ts";

const KEY = new Uint8Array(32).fill(4);
const channelId = asChannelId("A".repeat(22));
const signer = createNobleSigner(new Uint8Array(32).fill(7));
const author = { channelId, self: senderIdOf(channelId, signer.publicKey), signer };
const lamport = 1_790_000_000_000;
/** As many as are opened ahead of their turn. */
const AHEAD = 16;

function openingOf(held: readonly MessageId[] = [], judge?: VerdictOf) {
  const asked: Signed[] = [];
  const answers: ((holds: boolean) => void)[] = [];
  const place = { signed: true, lamport, sender: author.self };
  const opening = createOpening({
    key: KEY,
    context: { channelId, profile: "community", held: (id) => (held.includes(id) ? place : undefined) },
    verdictOf: (signed) => {
      asked.push(signed);
      if (judge !== undefined) return judge(signed);
      return new Promise((resolve) => answers.push(resolve));
    },
  });
  return { opening, asked, answers };
}

async function contentOf(authorSeq: number) {
  const preparation = { authorSeq, lamport, parents: [], completeSince: 0, bloomFilter: undefined };
  return await composeContent(author, preparation, MESSAGE_TYPE.chat, Uint8Array.of(0x61), lamport);
}

async function frameOf(bytes: Uint8Array): Promise<InboundFrame> {
  const payload = await encryptPayload(KEY, bytes);
  return { contentTopic: "topic", payload, version: 1, ephemeral: false, timestamp: lamport, hash: new Uint8Array(32) };
}

/** Longer than it takes to decrypt what waits. */
const decrypted = async (opening: ReturnType<typeof createOpening>) => {
  const last = opening.add(await frameOf(Uint8Array.of(1)), "live");
  await opening.take(last);
};

describe("frames that wait for their turn", () => {
  it("are opened ahead of it, but only so many, the first first; each has its own verdict", async () => {
    const { opening, asked, answers } = openingOf();
    const contents = await Promise.all(Array.from({ length: AHEAD + 2 }, (_, index) => contentOf(index + 1)));
    const waiting: ReturnType<typeof opening.add>[] = [];
    for (const { bytes } of contents) waiting.push(opening.add(await frameOf(bytes), "store"));
    await expect.poll(() => asked.length).toBe(AHEAD);
    // The second is judged first, and is the only one that holds.
    const [first, second] = waiting;
    if (first === undefined || second === undefined) throw new Error("nothing waits");
    const bytesOf = (of: Signed) => Buffer.from(of.signature).toString("hex");
    const order = contents.map(({ bytes }) => {
      const { decoded } = openFrame(bytes);
      const at = asked.findIndex(
        (signed) =>
          decoded.ok &&
          decoded.message.kind === "content" &&
          Buffer.from(decoded.message.content).toString("hex").endsWith(bytesOf(signed)),
      );
      return at;
    });
    expect(order.slice(0, AHEAD)).not.toContain(-1);
    expect(order.slice(AHEAD)).toEqual([-1, -1]);
    answers[order[1] ?? -1]?.(true);
    answers[order[0] ?? -1]?.(false);
    expect((await opening.take(first))?.author).toEqual({ problem: "bad-author-signature" });
    expect((await opening.take(second))?.author).toMatchObject({ holds: { envelope: { authorSeq: 2 } } });
    // What was taken makes room for those behind.
    await expect.poll(() => asked.length).toBe(AHEAD + 2);
    opening.close();
  });

  it("cost no verdict when they are held, out of place, or nobody's", async () => {
    const held = await contentOf(1);
    const { opening, asked } = openingOf([held.id]);
    const decoded = specCodec.decode((await contentOf(2)).bytes);
    if (!decoded.ok) throw new Error("not content");
    const otherId = specCodec.encode({ ...decoded.message, messageId: messageIdOf(Uint8Array.of(1)) });
    const passing = await composeEphemeral(author, MESSAGE_TYPE.status, Uint8Array.of(0x61), lamport);
    const sync = await composeSync(author, {
      ...{ messageId: held.id, lamport, repairRequests: [], bloomFilter: undefined, causalHistory: [] },
      ...{ completeSince: 0, receiptsWantedFrom: null, checkpoint: false },
    });
    const opened = [];
    for (const bytes of [held.bytes, otherId, passing, sync, Uint8Array.of(1, 2, 3)]) {
      opened.push(await opening.take(opening.add(await frameOf(bytes), "store")));
    }
    expect(opened.map((frame) => frame?.author)).toEqual([null, null, null, null, null]);
    expect(opened.map((frame) => frame?.isOwnId)).toEqual([true, false, true, false, false]);
    expect(asked).toEqual([]);
    const garbage = { ...(await frameOf(held.bytes)), payload: new Uint8Array(300) };
    expect(await opening.take(opening.add(garbage, "live"))).toBeNull();
  });

  it("are not opened any more when the channel is closed", async () => {
    const { opening, asked } = openingOf();
    const frame = await frameOf((await contentOf(1)).bytes);
    const waiting = Array.from({ length: AHEAD + 1 }, () => opening.add(frame, "live"));
    opening.close();
    const taken = await Promise.all(waiting.map((toOpen) => opening.take(toOpen)));
    expect(taken.every((opened) => opened === null)).toBe(true);
    await decrypted(opening);
    expect(asked).toEqual([]);
  });

  it("are all opened, however many wait", async () => {
    const { opening } = openingOf([], async () => true);
    const frame = await frameOf((await contentOf(1)).bytes);
    const waiting = Array.from({ length: 600 }, () => opening.add(frame, "live"));
    for (const toOpen of waiting) expect((await opening.take(toOpen))?.author).toHaveProperty("holds");
  });
});
