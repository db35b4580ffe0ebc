import { afterEach, describe, expect, test } from "vitest";
import { channelIdOf } from "../../identity/joining/descriptor.ts";
import { parseInvite } from "../../identity/joining/invite.ts";
import { createNobleSigner } from "../../identity/keys/noble-signer.ts";
import { senderIdOf } from "../../identity/keys/sender-id.ts";
import { contentTopicOf } from "../../identity/secrecy/content-topic.ts";
import { encryptPayload } from "../../identity/secrecy/payload-encryption.ts";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import { asMessageId, type MessageId } from "../../sds/wire/ids.ts";
import { createMemoryDisk } from "../../storage/memory/memory-disk.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import { createMemoryNetwork } from "../../transport/memory/memory-network.ts";
import type { ChannelStatus } from "../api/channel-client.ts";
import { createChannelHost } from "../host/host.ts";
import { type Author, composeSync } from "../sending/compose.ts";

const START = 1_760_000_000_000;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Said {
  /** What the signer's clock shows, less the true time. */
  readonly signedMs?: number;
  /** The same of the frame's timestamp, which nobody signs. */
  readonly frameMs?: number;
  readonly stored?: boolean;
  readonly named?: readonly MessageId[];
}

/** Ada's device on virtual time, and others of whom only the keys are there. */
async function bench() {
  const clock = createVirtualClock(START, { settle: () => new Promise((resolve) => setTimeout(resolve, 1)) });
  // Timers may be for parts of a millisecond, which no device's clock shows.
  const device = { now: () => Math.floor(clock.now()), schedule: clock.schedule };
  const net = createMemoryNetwork({ clock: device, latencyMs: 50 });
  const disk = createMemoryDisk();
  let status: ChannelStatus | null = null;

  /** Cryptography and storage take real time, of which the virtual clock knows nothing. */
  async function done<T>(promise: Promise<T>): Promise<T> {
    let isDone = false;
    const settled = promise.finally(() => {
      isDone = true;
    });
    settled.catch(() => {});
    await clock.runUntilDone(() => isDone, 20 * SECOND);
    return settled;
  }

  const boot = () => createChannelHost({ storage: createMemoryStorage(disk), openTransport: () => air, clock: device });
  let air = net.transport();
  let host = boot();
  closing.push(() => done(host.close()));
  const { id, inviteCode } = await done(
    host.create({ name: "Harbour", displayName: "Ada", profile: "community", multiaddrs: null, parameters: {} }),
  );
  const descriptor = parseInvite(inviteCode);
  const channelId = channelIdOf(descriptor);
  const others = Array.from({ length: 6 }, (_, index): Author => {
    const signer = createNobleSigner(new Uint8Array(32).fill(index + 1));
    return { channelId, signer, self: senderIdOf(channelId, signer.publicKey) };
  });
  const theirs = net.transport();

  let unwatch = () => {};
  function watch() {
    const opened = host.open(id);
    unwatch = opened.watchStatus((next) => {
      status = next;
    });
    return opened;
  }

  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; !(await holds()); tries++) {
      if (tries > 500) throw new Error(`Waited in vain for: ${what}`);
      await clock.advanceSettled(20);
    }
  }

  /** Whom Ada has heard since a time by the device's clock, and acted on it. */
  async function heardSince(at: number): Promise<number> {
    const { participants } = await done(client.snapshot());
    const since = at + (status?.clockCorrectionMs ?? 0);
    return participants.filter(({ me, heardAt }) => !me && heardAt >= since).length;
  }
  let client = watch();
  await done(client.snapshot());
  await clock.advanceSettled(MINUTE);

  /** Hands it to the network; it comes 50 ms later. */
  async function publish(
    author: Author,
    { signedMs = 0, frameMs = 0, stored = false, named = [] }: Said,
  ): Promise<void> {
    const lamport = Math.floor(clock.now()) + signedMs;
    const bytes = await composeSync(author, {
      ...{ messageId: asMessageId(lamport.toString(36)), lamport, completeSince: START, checkpoint: stored },
      causalHistory: named.map((messageId) => ({ messageId })),
      ...{ repairRequests: [], bloomFilter: undefined, receiptsWantedFrom: null },
    });
    const payload = await encryptPayload(descriptor.key, bytes);
    const timestamp = clock.now() + frameMs;
    const contentTopic = contentTopicOf(descriptor.key);
    void theirs.publish({ contentTopic, payload, version: 1, ephemeral: !stored, timestamp });
  }

  return {
    clock,
    others,
    id,
    done,
    publish,
    status: (): ChannelStatus => {
      if (status === null) throw new Error("Nobody told the status.");
      return status;
    },
    /** The first `count` of the others say syncs, once a minute, `times` times. */
    sayAll: async (count: number, said: Said, times = 1): Promise<void> => {
      for (let time = 0; time < times; time++) {
        const at = device.now();
        for (const author of others.slice(0, count)) await publish(author, said);
        await clock.advanceSettled(MINUTE);
        await until("what was said", async () => (await heardSince(at)) >= count);
      }
    },
    /** By how much the time that Ada goes by differs from the true one. */
    saysAt: async (): Promise<number> => {
      const before = clock.now();
      const { id: said } = await done(
        client.send({ requestId: `at ${before}`, type: "chat", text: "What time is it?" }),
      );
      return (await done(client.details(said))).composedAt - before;
    },
    send: async (text: string) => done(client.send({ requestId: text, type: "chat", text })),
    correct: (correctionMs: number) => done(client.correctClock(correctionMs)),
    /** Resolves when so many others were heard since. */
    heard: (count: number, since: number) => until("others", async () => (await heardSince(since)) >= count),
    lookAway: () => unwatch(),
    lookAgain: () => {
      client = watch();
    },
    leave: async () => done(host.close()),
    comeBack: async () => {
      air = net.transport();
      host = boot();
      client = watch();
      await done(client.snapshot());
      await clock.advanceSettled(MINUTE);
    },
  };
}

const ASKS_NOTHING = { clockCorrectionMs: 0, clockSuggestionMs: null };

describe("no clock is moved", () => {
  //= protocol: WALL-1
  test("by six keys that wrote nothing: they are a question at most", async () => {
    const { status, sayAll, saysAt } = await bench();
    await sayAll(6, { signedMs: -23 * HOUR, frameMs: -23 * HOUR }, 3);
    expect(Math.abs(await saysAt())).toBeLessThan(SECOND);
    expect(status().clockCorrectionMs).toBe(0);
    expect(status().clockSuggestionMs).toBeLessThan(-22 * HOUR);
  });

  test("by frames that are held up, or whose unsigned timestamps are rewritten, and nothing is asked", async () => {
    const { status, sayAll, saysAt } = await bench();
    await sayAll(4, { signedMs: -40 * SECOND, frameMs: -40 * SECOND }, 3);
    expect(status()).toMatchObject(ASKS_NOTHING);
    await sayAll(4, { frameMs: -10 * HOUR }, 2);
    await sayAll(4, { frameMs: 10 * HOUR }, 2);
    expect(status()).toMatchObject(ASKS_NOTHING);
    expect(Math.abs(await saysAt())).toBeLessThan(SECOND);
  });

  test("by a backlog of this device, and nothing is asked", async () => {
    const { clock, others, status, publish, heard } = await bench();
    const at = clock.now();
    for (const author of others) await publish(author, {});
    // Frames are pushed, and then the machine has other things to do than to look at them.
    clock.advance(60);
    clock.advance(55 * SECOND);
    await heard(others.length, at + 55 * SECOND);
    expect(status()).toMatchObject(ASKS_NOTHING);
  });

  //= protocol: WALL-2
  test("by what a Store says, whatever it says", async () => {
    const { clock, others, status, publish, leave, comeBack, heard, saysAt } = await bench();
    for (const signedMs of [-15 * MINUTE, -3 * MINUTE, 9 * MINUTE]) {
      await leave();
      const at = clock.now();
      for (const author of others) await publish(author, { signedMs, stored: true });
      await clock.advanceSettled(SECOND);
      await comeBack();
      // What comes out of a Store says that its author was there when it was said.
      await heard(others.length, at + Math.min(0, signedMs) - SECOND);
      expect(status()).toMatchObject(ASKS_NOTHING);
    }
    expect(Math.abs(await saysAt())).toBeLessThan(SECOND);
  });
});

describe("a person is asked", () => {
  test("by when frames were pushed, not by when this device came to look at them", async () => {
    const { clock, others, status, publish, heard } = await bench();
    const at = clock.now();
    for (const author of others) await publish(author, { signedMs: 40 * SECOND });
    clock.advance(60);
    clock.advance(55 * SECOND);
    await heard(others.length, at + 55 * SECOND);
    expect(status().clockSuggestionMs).toBe(40 * SECOND - 50);
  });

  test("when others name a message before it was written, by their clocks", async () => {
    const { status, sayAll, send } = await bench();
    const { id } = await send("Who is there?");
    await sayAll(3, { signedMs: -5 * MINUTE });
    expect(status().clockSuggestionMs, "late words alone").toBe(null);
    await sayAll(3, { signedMs: -5 * MINUTE, named: [id] });
    const { clockSuggestionMs } = status();
    expect(clockSuggestionMs).toBeGreaterThanOrEqual(-5 * MINUTE);
    expect(clockSuggestionMs).toBeLessThan(-3 * MINUTE);
  });

  //= protocol: WALL-1, WALL-6
  test("says yes: the clock is corrected, stays so over a restart, and can be taken back for good", async () => {
    const { status, sayAll, saysAt, correct, leave, comeBack } = await bench();
    await sayAll(2, { signedMs: HOUR });
    expect(status()).toMatchObject({ clockCorrectionMs: 0, clockSuggestionMs: HOUR - 50 });
    await correct(HOUR - 50);
    await correct(HOUR - 50);
    expect(status()).toMatchObject({ clockCorrectionMs: HOUR - 50, clockSuggestionMs: null });
    expect(Math.abs((await saysAt()) - HOUR)).toBeLessThan(SECOND);
    await leave();
    await comeBack();
    expect(status()).toMatchObject({ clockCorrectionMs: HOUR - 50, clockSuggestionMs: null });
    expect(Math.abs((await saysAt()) - HOUR)).toBeLessThan(SECOND);
    await sayAll(2, { signedMs: 0 });
    expect(status(), "stale").toMatchObject({ clockCorrectionMs: HOUR - 50, clockSuggestionMs: 0 });
    await correct(0);
    await leave();
    await comeBack();
    expect(status()).toMatchObject(ASKS_NOTHING);
    expect(Math.abs(await saysAt())).toBeLessThan(SECOND);
  });

  test("says no: the clock stays, and the same is not asked again", async () => {
    const { status, sayAll, saysAt, correct } = await bench();
    await sayAll(3, { signedMs: HOUR });
    await correct(0);
    expect(status()).toMatchObject(ASKS_NOTHING);
    await sayAll(3, { signedMs: HOUR }, 3);
    expect(status()).toMatchObject(ASKS_NOTHING);
    expect(Math.abs(await saysAt())).toBeLessThan(SECOND);
    await sayAll(3, { signedMs: 5 * HOUR });
    expect(status().clockSuggestionMs).toBe(5 * HOUR - 50);
  });

  test("also when nobody looked for a while", async () => {
    const { clock, status, sayAll, lookAway, lookAgain } = await bench();
    await sayAll(3, { signedMs: HOUR });
    lookAway();
    await clock.advanceSettled(20 * MINUTE);
    lookAgain();
    await clock.advanceSettled(SECOND);
    expect(status().clockSuggestionMs).toBe(HOUR - 50);
  });

  //= protocol: WALL-1
  test("and may not answer with more than a day", async () => {
    const { status, correct } = await bench();
    for (const wrong of [24 * HOUR + 1, -24 * HOUR - 1, 0.5, Number.NaN]) {
      await expect(correct(wrong)).rejects.toMatchObject({ code: "invalid" });
    }
    expect(status()).toMatchObject(ASKS_NOTHING);
  });
});
