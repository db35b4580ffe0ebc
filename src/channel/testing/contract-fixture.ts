import { assertTrue } from "../../storage/testing/assert.ts";
import { type ChannelClient, ChannelError, type ChannelEvent, type MessageView } from "../api/channel-client.ts";
import type { ChannelHost, ChannelSummary, CreateRequest } from "../api/channel-host.ts";

/** Two devices on one network, with nothing joined. */
export interface HostPair {
  readonly host: ChannelHost;
  readonly other: ChannelHost;
  /** Closes both, also when the case closed them already. */
  close(): Promise<void>;
}

export interface HostFixture {
  makeHost(): Promise<HostPair>;
}

/** Knows no test framework; throws an `Error` with words when the contract is broken. */
export interface ContractCase {
  readonly name: string;
  run(fixture: HostFixture): Promise<void>;
}

/** Short protocol times, so that acks come in tens of milliseconds. */
export const QUICK: CreateRequest = {
  name: "Harbour",
  displayName: "Ada",
  profile: "community",
  multiaddrs: null,
  parameters: { ackWindowMs: 40, idleSyncMinMs: 200, resendFirstMs: 300, reorderWaitMs: 50, lostAfterMs: 2_000 },
};

export function hostCase(name: string, check: (pair: HostPair) => Promise<void>): ContractCase {
  return {
    name,
    async run(fixture) {
      const pair = await fixture.makeHost();
      try {
        await check(pair);
      } finally {
        await pair.close();
      }
    },
  };
}

/** Two people in one channel who know of each other. */
export interface Meeting {
  readonly pair: HostPair;
  readonly channel: ChannelSummary;
  readonly ada: ChannelClient;
  readonly ben: ChannelClient;
}

export function clientCase(name: string, check: (meeting: Meeting) => Promise<void>): ContractCase {
  return hostCase(name, async (pair) => {
    const channel = await pair.host.create(QUICK);
    await pair.other.join({ invite: channel.inviteCode, displayName: "Ben" });
    const [ada, ben] = [pair.host.open(channel.id), pair.other.open(channel.id)];
    for (const client of [ada, ben]) {
      await until("both know each other by name", async () => {
        const { participants } = await client.snapshot();
        return participants.filter(({ present, name }) => present && name !== "").length === 2;
      });
    }
    await check({ pair, channel, ada, ben });
    ada.close();
    ben.close();
  });
}

const WAIT_MS = 30_000;
const POLL_MS = 10;

/** Waits until `look` finds something; throws after half a minute, saying what was awaited. */
export async function until<T>(what: string, look: () => Promise<T | false | null> | T | false | null): Promise<T> {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const found = await look();
    if (found !== false && found !== null) return found;
    if (Date.now() > end) throw new Error(`Not within ${WAIT_MS / 1_000} s: ${what}`);
    await sleep(POLL_MS);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export interface Recording {
  readonly events: ChannelEvent[];
  stop(): void;
}

export function record(client: ChannelClient, afterSeq: number): Recording {
  const events: ChannelEvent[] = [];
  return { events, stop: client.subscribe(afterSeq, (event) => events.push(event)) };
}

/** Throws unless the events are afterSeq + 1, afterSeq + 2 ... */
export function assertGapless(events: readonly ChannelEvent[], afterSeq: number): void {
  for (const [index, event] of events.entries()) {
    const expected = afterSeq + 1 + index;
    if (event.seq === expected && event.kind !== "reset") continue;
    throw new Error(`Event ${index} after ${afterSeq} is ${event.kind} ${event.seq}, expected seq ${expected}`);
  }
}

export async function expectCode(promise: Promise<unknown>, code: ChannelError["code"], what: string): Promise<void> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  assertTrue("error" in outcome, `${what}: it resolved, but should have been rejected with ${code}`);
  const error = "error" in outcome ? outcome.error : null;
  assertTrue(error instanceof ChannelError, `${what}: rejected with ${String(error)}, which is no ChannelError`);
  if (!(error instanceof ChannelError)) return;
  assertTrue(error.code === code, `${what}: rejected with ${error.code} (${error.message}), expected ${code}`);
  assertTrue(error.message.length > 10, `${what}: the error says too little: "${error.message}"`);
}

/** What people wrote, in the order of the log. */
export async function chats(client: ChannelClient): Promise<MessageView[]> {
  const { page } = await client.snapshot(500);
  return page.entries.flatMap((entry) =>
    entry.kind === "message" && (entry.type === "chat" || entry.type === "announcement") ? [entry] : [],
  );
}

export async function chatsWhen(client: ChannelClient, count: number): Promise<MessageView[]> {
  return until(`${count} messages in the log`, async () => {
    const messages = await chats(client);
    return messages.length >= count && messages;
  });
}

export const say = (client: ChannelClient, text: string, requestId = `say ${text}`.slice(0, 60)) =>
  client.send({ requestId, type: "chat", text });
