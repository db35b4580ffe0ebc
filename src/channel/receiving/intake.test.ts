import { describe, expect, it } from "vitest";
import { createNobleSigner } from "../../identity/keys/noble-signer.ts";
import { senderIdOf } from "../../identity/keys/sender-id.ts";
import type { VerdictOf } from "../../identity/keys/verdicts.ts";
import { encryptPayload } from "../../identity/secrecy/payload-encryption.ts";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import type { StepInput } from "../../sds/io/step-input.ts";
import { MESSAGE_TYPE } from "../../sds/parameters/message-type.ts";
import { LAMPORT_EMBARGO_MS } from "../../sds/parameters/parameters.ts";
import { OneCore } from "../../sds/testing/one-core.ts";
import { asMessageId, type MessageId } from "../../sds/wire/ids.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import type { LiveFrame } from "../../transport/port.ts";
import { MAX_BACKLOG_BYTES } from "../disk/backlog.ts";
import { createBodyCache } from "../disk/body-cache.ts";
import { composeContent, composeEphemeral, composeSync } from "../sending/compose.ts";
import { createIntake } from "./intake.ts";
import type { HeardSync } from "./others-clocks.ts";

const KEY = new Uint8Array(32).fill(4);
const BEN = createNobleSigner(new Uint8Array(32).fill(3));
/** As long as a trailer waits for others when nothing else is to be taken in (`trailer-queue.ts`). */
const GATHER_MS = 20;

/** Ada's intake, or Ben's own, with what it gave to the protocol, and Ben, who says things. */
function intakeOf(verdictOf?: VerdictOf, whose: "ada" | "ben" = "ada") {
  const core = new OneCore();
  const { identity } = core.state;
  const { channelId } = identity;
  const self = whose === "ben" ? senderIdOf(channelId, BEN.publicKey) : identity.self;
  const clock = createVirtualClock(core.now);
  const dispatched: StepInput[] = [];
  const refused: string[] = [];
  const heard: string[] = [];
  const words: HeardSync[] = [];
  const disk = { long: false, waits: [] as (() => void)[], reads: true };
  const bodies = createBodyCache(createMemoryStorage(), channelId);
  const intake = createIntake({
    ...{ state: { ...core.state, identity: { ...identity, self } }, key: KEY, clock },
    ...(verdictOf === undefined ? {} : { verdictOf }),
    onLiveSync: (sync) => words.push(sync),
    bodies: { ...bodies, bytes: (id) => (disk.reads ? bodies.bytes(id) : Promise.reject(new Error("torn"))) },
    commits: {
      isLong: () => disk.long,
      commit: () => new Promise((resolve) => disk.waits.push(resolve)),
    },
    dispatch: (input) => {
      dispatched.push(input);
      core.step(input);
      if (input.kind === "receive-content") bodies.remember(input.content.id, input.content.bytes);
    },
    refuse: (reason) => refused.push(reason),
    onEphemeral: ({ text }) => heard.push(text),
  });
  let frames = 0;
  const frameOf = async (bytes: Uint8Array, timestamp = core.now): Promise<LiveFrame> => ({
    ...{ contentTopic: "topic", payload: await encryptPayload(KEY, bytes), version: 1, ephemeral: false, timestamp },
    hash: new Uint8Array(32).fill(++frames),
    arrivedAt: core.now,
  });
  const author = { channelId, self: senderIdOf(channelId, BEN.publicKey), signer: BEN };
  const content = async (authorSeq: number, text = `message ${authorSeq}`) => {
    const preparation = { authorSeq, lamport: core.now + authorSeq, parents: [], completeSince: 0 };
    const body = new TextEncoder().encode(text);
    return composeContent(author, { ...preparation, bloomFilter: undefined }, MESSAGE_TYPE.chat, body, core.now);
  };
  const sync = async (listed: readonly MessageId[], lamport = core.now, bloomFilter?: Uint8Array) =>
    composeSync(author, {
      ...{ messageId: asMessageId("0a".repeat(32)), lamport, repairRequests: [], bloomFilter },
      ...{ causalHistory: listed.map((messageId) => ({ messageId })), completeSince: 0, receiptsWantedFrom: null },
      checkpoint: false,
    });
  const passing = (text: string, at: number) =>
    composeEphemeral(author, MESSAGE_TYPE.chat, new TextEncoder().encode(text), at);
  return {
    ...{ intake, core, clock, disk, dispatched, refused, heard, words, frameOf, content, sync, passing },
    kinds: () => dispatched.map(({ kind }) => kind),
  };
}

describe("an intake", () => {
  it("takes frames one after the other in the order in which they came, whoever brings them", async () => {
    const { intake, dispatched, frameOf, content } = intakeOf();
    const all = await Promise.all([1, 2, 3, 4].map((n) => content(n)));
    // The longest to decrypt comes first.
    const first = await content(5, "x".repeat(60_000));
    const [long, ...frames] = await Promise.all([first, ...all].map(({ bytes }) => frameOf(bytes)));
    if (long === undefined) throw new Error("no frame");
    intake.live(long);
    const taken = frames.map((frame, at) => (at % 2 === 0 ? intake.fromStore([frame]) : intake.live(frame)));
    await Promise.all(taken);
    await expect.poll(() => dispatched.length).toBe(5);
    const ids = dispatched.map((input) => (input.kind === "receive-content" ? input.content.id : ""));
    expect(ids).toEqual([first, ...all].map(({ id }) => id));
  });

  it("is held up by no body that cannot be read", async () => {
    const { intake, disk, clock, kinds, frameOf, content, sync } = intakeOf();
    const { id, bytes } = await content(1);
    await intake.fromStore([await frameOf(bytes)]);
    await clock.advanceSettled(GATHER_MS);
    disk.reads = false;
    await expect(intake.fromStore([await frameOf(bytes)])).rejects.toThrow("torn");
    await intake.fromStore([await frameOf(await sync([id]))]);
    // The backlog is empty again, or this would wait for what is thought to be in it.
    clock.advance(GATHER_MS);
    await expect.poll(kinds).toContain("receive-sync");
  });

  it("has room again for what is pushed when what it held was taken in", async () => {
    const { intake, refused, frameOf, content } = intakeOf();
    const frame = await frameOf((await content(1)).bytes);
    const large = { ...frame, payload: new Uint8Array(MAX_BACKLOG_BYTES - 100) };
    const taken = intake.fromStore([large]);
    intake.live(frame);
    expect(refused).toEqual(["inbound-full"]);
    await taken;
    expect(refused).toEqual(["inbound-full", "undecryptable"]);
    await new Promise((resolve) => setImmediate(resolve));
    intake.live(frame);
    expect(refused.length).toBe(2);
  });

  it("refuses what is pushed while the disk is behind, and lets a Store wait for it", async () => {
    const { intake, disk, refused, kinds, frameOf, content } = intakeOf();
    const [one, two] = [await frameOf((await content(1)).bytes), await frameOf((await content(2)).bytes)];
    disk.long = true;
    intake.live(one);
    const log: string[] = [];
    const read = intake.fromStore([two]).then(() => log.push("read on"));
    await expect.poll(() => disk.waits.length).toBe(1);
    expect([refused, kinds(), log]).toEqual([["inbound-full"], ["receive-content"], []]);
    disk.waits[0]?.();
    await read;
  });

  it("gives the protocol nothing after the end, also of what was being decrypted", async () => {
    const { intake, core, dispatched, refused, heard, frameOf, content, passing } = intakeOf();
    const frames = [await frameOf((await content(1)).bytes), await frameOf(await passing("hello", core.now))];
    const taken = frames.map((frame) => intake.fromStore([frame]));
    intake.live(frames[1] ?? frames[0] ?? (await frameOf(new Uint8Array())));
    intake.close();
    await Promise.all(taken);
    await intake.fromStore([frames[0] ?? (await frameOf(new Uint8Array()))]);
    expect([dispatched, refused, heard]).toEqual([[], [], []]);
  });

  it("takes every frame of a page, however long that is", async () => {
    const { intake, refused, frameOf } = intakeOf();
    const frame = { ...(await frameOf(new Uint8Array())), payload: new Uint8Array() };
    await intake.fromStore(Array.from({ length: 205 }, () => frame));
    expect(refused).toEqual(Array.from({ length: 205 }, () => "undecryptable"));
  });

  it("has nothing verified any more after the end", async () => {
    let verdicts = 0;
    const { intake, frameOf, content } = intakeOf(async () => ++verdicts > 0);
    const frame = await frameOf((await content(1)).bytes);
    const taken = intake.fromStore(Array.from({ length: 40 }, () => frame));
    intake.close();
    await taken;
    await new Promise((resolve) => setImmediate(resolve));
    expect(verdicts).toBe(0);
  });

  it("leaves no timer after the end, whatever the engine still owes", async () => {
    const { intake, clock, dispatched, frameOf, content } = intakeOf(() => new Promise(() => {}));
    const taken = intake.fromStore([await frameOf((await content(1)).bytes)]);
    await expect.poll(() => clock.pending).toBe(1);
    intake.close();
    await taken;
    expect([clock.pending, dispatched]).toEqual([0, []]);
  });

  it("computes itself what the engine leaves without an answer", async () => {
    const { intake, clock, kinds, frameOf, content } = intakeOf(() => new Promise(() => {}));
    const taken = intake.fromStore([await frameOf((await content(1)).bytes)]);
    await expect.poll(() => clock.pending).toBe(1);
    clock.advance(5_000);
    await taken;
    expect(kinds()).toEqual(["receive-content"]);
  });

  it("counts what nobody with the key can have sent", async () => {
    const { intake, refused, frameOf } = intakeOf();
    const frame = await frameOf(new Uint8Array([1]));
    await intake.fromStore([{ ...frame, payload: frame.payload.slice(1) }]);
    await intake.fromStore([frame]);
    expect(refused).toEqual(["undecryptable", expect.stringMatching(/./)]);
  });
});

describe("the same message once more", () => {
  it("is whole only with the same bytes; another copy counts for nothing when its trailer does not hold", async () => {
    const { intake, clock, dispatched, refused, frameOf, content } = intakeOf();
    const { bytes, id } = await content(1);
    await intake.fromStore([await frameOf(bytes)]);
    const broken = bytes.slice();
    broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
    const again = await frameOf(bytes);
    await intake.fromStore([again]);
    await intake.fromStore([await frameOf(broken)]);
    const seen = dispatched.filter(({ kind }) => kind === "seen-again");
    expect(seen).toMatchObject([
      { id, whole: true, source: "store", hint: again.hash },
      { id, whole: false },
    ]);
    clock.advance(GATHER_MS);
    await expect.poll(() => refused).toEqual(["bad-trailer-signature"]);
  });
});

describe("a signed sync", () => {
  it("is a word on the clocks when it was pushed, whatever its frame says, and never out of a Store", async () => {
    const { intake, core, clock, words, kinds, frameOf, sync } = intakeOf();
    await intake.fromStore([await frameOf(await sync([], core.now + 1))]);
    clock.advance(GATHER_MS);
    await expect.poll(kinds).toContain("receive-sync");
    expect(words).toEqual([]);
    const pushedAt = core.now;
    const frame = await frameOf(await sync([asMessageId("m")], pushedAt + 10), pushedAt - 60_000);
    // It waits until it is looked at.
    core.now += 55_000;
    const timers = clock.pending;
    intake.live(frame);
    await expect.poll(() => clock.pending).toBe(timers + 1);
    clock.advance(GATHER_MS);
    await expect.poll(() => words.length).toBe(1);
    const word = { signer: expect.any(String), signedAt: pushedAt + 10, arrivedAt: pushedAt };
    expect(words).toEqual([{ ...word, named: [asMessageId("m")] }]);
  });

  //= protocol: WALL-2
  it("of our own that comes back is no word of another clock", async () => {
    for (const [whose, count] of [
      ["ada", 1],
      ["ben", 0],
    ] as const) {
      const { intake, core, clock, words, frameOf, sync } = intakeOf(undefined, whose);
      intake.live(await frameOf(await sync([], core.now + 1)));
      await expect.poll(() => clock.pending).toBe(1);
      const done = intake.idle();
      clock.advance(GATHER_MS);
      await done;
      expect(words.length, whose).toBe(count);
    }
  });

  it("that was verified only after the end says nothing of clocks", async () => {
    let answer = (_holds: boolean) => {};
    const { intake, clock, words, frameOf, sync } = intakeOf(() => new Promise((resolve) => (answer = resolve)));
    intake.live(await frameOf(await sync([])));
    await expect.poll(() => clock.pending).toBe(1);
    clock.advance(GATHER_MS);
    await expect.poll(() => clock.pending).toBe(1);
    intake.close();
    answer(true);
    await expect.poll(() => clock.pending).toBe(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(words).toEqual([]);
  });

  it("that does not hold says nothing of clocks and is counted", async () => {
    const { intake, core, clock, words, refused, kinds, frameOf, sync } = intakeOf();
    const bytes = (await sync([], core.now + 1)).slice();
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    intake.live(await frameOf(bytes));
    await expect.poll(() => clock.pending).toBe(1);
    clock.advance(GATHER_MS);
    await expect.poll(() => refused).toEqual(["bad-trailer-signature"]);
    expect([words, kinds()]).toEqual([[], []]);
  });
});

describe("what is said in passing", () => {
  it("is handed on once, and not when it is old", async () => {
    const { intake, core, heard, refused, frameOf, passing } = intakeOf();
    const [now, old] = [await passing("now", core.now), await passing("old", core.now - LAMPORT_EMBARGO_MS - 1)];
    for (const bytes of [now, now, old, await passing("just in time", core.now - LAMPORT_EMBARGO_MS)]) {
      intake.live(await frameOf(bytes));
    }
    await expect.poll(() => heard).toEqual(["now", "just in time"]);
    expect(refused).toEqual(["ephemeral-old"]);
  });
});

describe("what an intake holds", () => {
  it("is what it took in, refused for good, or passed on: nothing would follow from it once more", async () => {
    const { intake, core, frameOf, content, sync, passing } = intakeOf();
    const { bytes, id } = await content(1);
    const frames = [
      await frameOf(bytes),
      await frameOf(await sync([id])),
      await frameOf(await passing("psst", core.now)),
      { ...(await frameOf(bytes)), payload: Uint8Array.of(1) },
      await frameOf(bytes),
    ];
    expect(frames.map(({ hash }) => intake.isHeld(hash))).toEqual([false, false, false, false, false]);
    for (const frame of frames) await intake.fromStore([frame]);
    expect(frames.map(({ hash }) => intake.isHeld(hash))).toEqual([true, true, true, true, true]);
    intake.close();
  });

  it("is not what there was no room for, nor what waits for its time", async () => {
    const { intake, core, disk, refused, frameOf, content } = intakeOf();
    disk.long = true;
    const [late, early] = [
      await frameOf((await content(1)).bytes),
      await frameOf((await content(LAMPORT_EMBARGO_MS * 2)).bytes),
    ];
    intake.live(late);
    await expect.poll(() => refused).toEqual(["inbound-full"]);
    disk.long = false;
    await intake.fromStore([early]);
    expect(core.state.receive.embargoed.size).toBe(1);
    expect([intake.isHeld(late.hash), intake.isHeld(early.hash)]).toEqual([false, false]);
    intake.close();
  });

  //= protocol: LIMIT-9, STORE-6
  it("is no sync for whose trailer there was no room: a Store may give it once more", async () => {
    const { intake, refused, frameOf, sync } = intakeOf();
    const long = await frameOf(await sync([], undefined, new Uint8Array(150_000)));
    for (let n = 0; n < MAX_BACKLOG_BYTES / 150_500; n++) {
      const hash = Uint8Array.of(n);
      intake.live({ ...long, hash });
      while (!intake.isHeld(hash)) await new Promise((resolve) => setImmediate(resolve));
    }
    const words = { ...long, hash: Uint8Array.of(1, 1) };
    intake.live(words);
    await expect.poll(() => refused).toEqual(["inbound-full"]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(intake.isHeld(words.hash)).toBe(false);
    intake.close();
  });
});
