import { describe, expect, it } from "vitest";
import { createNobleSigner } from "../../identity/keys/noble-signer.ts";
import { senderIdOf } from "../../identity/keys/sender-id.ts";
import { verdictOf } from "../../identity/keys/verdicts.ts";
import { encryptPayload } from "../../identity/secrecy/payload-encryption.ts";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import { MESSAGE_TYPE } from "../../sds/parameters/message-type.ts";
import { LAMPORT_EMBARGO_MS } from "../../sds/parameters/parameters.ts";
import { OneCore } from "../../sds/testing/one-core.ts";
import { asChannelId, asMessageId } from "../../sds/wire/ids.ts";
import type { HistoryPage, HistoryQuery, InboundFrame } from "../../transport/port.ts";
import { MAX_NEWEST_STORED } from "../api/limits.ts";
import { composeContent, composeEphemeral, composeSync } from "../sending/compose.ts";
import { readIncoming } from "./incoming.ts";
import { createNewestPage } from "./newest-page.ts";
import { openFrame } from "./opened-frame.ts";

const KEY = new Uint8Array(32).fill(4);
const BEN = createNobleSigner(new Uint8Array(32).fill(3));

/** Ada's look at a Store that gives these pages, newest first, and Ben, who says things. */
function lookAt(...pages: readonly (readonly InboundFrame[])[]) {
  const core = new OneCore();
  const { channelId } = core.state.identity;
  const asked: HistoryQuery[] = [];
  let given = 0;
  async function* queryHistory(query: HistoryQuery): AsyncGenerator<HistoryPage> {
    asked.push(query);
    for (const frames of pages) {
      given++;
      yield { frames };
    }
  }
  const clock = createVirtualClock(core.now);
  let verdicts = 0;
  const page = createNewestPage({
    ...{ state: core.state, key: KEY, clock, transport: { queryHistory } },
    verdictOf: (signed) => {
      verdicts++;
      return verdictOf(signed);
    },
  });
  const query = { by: "time", contentTopic: "topic", from: 0, to: core.now } as const;
  return {
    core,
    channelId,
    page,
    asked,
    given: () => given,
    verdicts: () => verdicts,
    clock,
    look: () => page.look(query),
  };
}

const { channelId, core } = lookAt();
const author = { channelId, self: senderIdOf(channelId, BEN.publicKey), signer: BEN };
let hashes = 0;
const frameOf = async (bytes: Uint8Array, contentTopic = "topic"): Promise<InboundFrame> => ({
  ...{ contentTopic, payload: await encryptPayload(KEY, bytes), version: 1, ephemeral: false, timestamp: core.now },
  hash: Uint8Array.from({ length: 32 }, () => ++hashes),
});
const content = (seq: number, text = `message ${seq}`, type: number = MESSAGE_TYPE.chat, lamport = core.now + seq) =>
  composeContent(
    author,
    { authorSeq: seq, lamport, parents: [], completeSince: 0, bloomFilter: undefined },
    type,
    new TextEncoder().encode(text),
    core.now,
  );
const said = async (seq: number, ...how: [string?, number?, number?]): Promise<InboundFrame> =>
  frameOf((await content(seq, ...how)).bytes);
const saidFrom = (first: number, count: number) =>
  Promise.all(Array.from({ length: count }, (_, index) => said(first + index)));
const sync = async () => {
  const made = await composeSync(author, {
    ...{ messageId: asMessageId("0a".repeat(32)), lamport: core.now, repairRequests: [], bloomFilter: undefined },
    ...{ causalHistory: [], completeSince: 0, receiptsWantedFrom: null, checkpoint: true },
  });
  return frameOf(made);
};
const texts = (views: readonly { readonly text: string }[]) => views.map(({ text }) => text);

describe("the newest page of a Store", () => {
  it("is shown in log order, whatever order it comes in, with its author and nobody's receipts", async () => {
    const { look, asked } = lookAt([await said(3), await said(1), await said(2, "Ben", MESSAGE_TYPE.profile)]);
    const found = await look();
    expect(texts(found)).toEqual(["message 1", "Ben", "message 3"]);
    expect(found[1]).toEqual({
      ...{ id: expect.any(String), lamport: core.now + 2, author: author.self, mine: false, signed: true },
      ...{ type: "profile", text: "Ben", textKept: true, composedAt: core.now },
    });
    expect(asked).toEqual([{ by: "time", contentTopic: "topic", from: 0, to: core.now, newestFirst: true }]);
  });

  it("has nothing in it that does not verify, is none of the channel's, or is not for the log", async () => {
    const broken = (await content(2)).bytes.slice();
    broken.set([(broken[broken.length - 200] ?? 0) ^ 1], broken.length - 200);
    const other = asChannelId("B".repeat(22));
    const foreign = { channelId: other, self: senderIdOf(other, BEN.publicKey), signer: BEN };
    const preparation = { authorSeq: 5, lamport: core.now, parents: [], completeSince: 0, bloomFilter: undefined };
    const elsewhere = await composeContent(foreign, preparation, MESSAGE_TYPE.chat, new Uint8Array([65]), core.now);
    const passing = await composeEphemeral(author, MESSAGE_TYPE.chat, new TextEncoder().encode("passing"), core.now);
    const { look } = lookAt([
      { ...(await said(1)), payload: new Uint8Array(200).fill(7) },
      await frameOf(broken),
      await frameOf(new Uint8Array(60).fill(1)),
      await frameOf(elsewhere.bytes),
      await frameOf(passing),
      await sync(),
      await frameOf((await content(6, "of another topic")).bytes, "other topic"),
      await said(7, "nothing to look at", MESSAGE_TYPE.void),
      await said(8, "too early", MESSAGE_TYPE.chat, core.now + LAMPORT_EMBARGO_MS + 1),
      await said(9, "just in time", MESSAGE_TYPE.chat, core.now + LAMPORT_EMBARGO_MS),
    ]);
    expect(texts(await look())).toEqual(["just in time"]);
  });

  it("shows a message once, though it comes a thousand times, and does not open them all", async () => {
    const frame = await said(1);
    const { look, verdicts } = lookAt(Array.from({ length: 1_000 }, () => frame));
    expect(texts(await look())).toEqual(["message 1"]);
    expect(verdicts()).toBeLessThanOrEqual(MAX_NEWEST_STORED);
    const many = await saidFrom(1, MAX_NEWEST_STORED + 20);
    const found = await lookAt(many).look();
    expect([found.length, found[0]?.text]).toEqual([MAX_NEWEST_STORED, "message 21"]);
  });

  it("is asked for further back while there are only syncs, three times at most, and no further than a few screens", async () => {
    const word = await sync();
    /** As many frames as a Store gives at most. */
    const full = (frames: readonly InboundFrame[]) => [
      ...Array.from({ length: MAX_NEWEST_STORED - frames.length }, () => word),
      ...frames,
    ];
    const few = await saidFrom(10, 2);
    const behind = lookAt(full([]), full(few), full(await saidFrom(1, 1)), full(await saidFrom(50, 1)));
    expect(texts(await behind.look())).toEqual(["message 1", "message 10", "message 11"]);
    expect(behind.given()).toBe(3);
    const enough = lookAt(full(await saidFrom(1, 30)), few);
    await enough.look();
    expect(enough.given()).toBe(1);
    // One that is not full is the last.
    const short = lookAt(full([]).slice(1), few);
    expect([await short.look(), short.given()]).toEqual([[], 1]);
    // Three whole pages of few each are put together to one.
    const thirds = lookAt(full(await saidFrom(200, 29)), await saidFrom(1, 100), few);
    expect(texts(await thirds.look()).slice(0, 1)).toEqual(["message 30"]);
  });

  it("leaves out what the log has delivered already, and nothing that waits for its causes", async () => {
    const { core: held, look } = lookAt([await said(1), await said(2), await said(3)]);
    const { bytes } = await content(2);
    const context = { channelId, profile: held.state.identity.profile, held: () => undefined };
    const incoming = readIncoming(openFrame(bytes), "store", undefined, context);
    if (incoming.kind !== "input") throw new Error("not taken");
    held.step(incoming.input);
    const waiting = readIncoming(openFrame((await content(3)).bytes), "store", undefined, context);
    if (waiting.kind !== "input" || waiting.input.kind !== "receive-content") throw new Error("not taken");
    const parents = [{ id: asMessageId("0c".repeat(32)), lamport: core.now, hint: undefined }];
    held.step({ ...waiting.input, content: { ...waiting.input.content, parents } });
    expect(texts(await look())).toEqual(["message 1", "message 3"]);
  });

  it("is not waited for once nobody wants it", async () => {
    const { look, page, given, verdicts, clock } = lookAt(await saidFrom(1, 20), await saidFrom(21, 20));
    const looking = look();
    await expect.poll(verdicts, { interval: 1 }).toBeGreaterThan(0);
    page.close();
    expect(clock.pending).toBe(0);
    expect(await looking).toEqual([]);
    expect(given()).toBe(1);
  });
});
