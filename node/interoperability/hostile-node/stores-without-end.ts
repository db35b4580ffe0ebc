import { type HistoryQuery, type Transport, TransportError } from "../../../src/transport/port.ts";
import { STORE_QUERY_CODEC } from "../../../src/transport/waku/wire/codecs.ts";
import { addressesOf, type Bench } from "./bench.ts";
import { createMadeUpStore, type MadeUpStoreOptions } from "./made-up-store.ts";
import { missesOf, type Scenario } from "./scenario.ts";
import { isTaken, SAID, saysFive, textsCome } from "./two-nodes.ts";

const TOPIC = "/hearback/1/hostile-store/proto";
const MIB = 1024 * 1024;
/** What a read may waste, and as much again for what is under way. */
const MOST_BYTES = 80 * MIB;
const LOOK_MS = 15_000;

/** Reads a day of a topic; how it ended, and how many messages came. */
export async function readDay(transport: Transport, source?: string): Promise<{ ending: string; frames: number }> {
  const to = Date.now();
  const span = { contentTopic: TOPIC, by: "time", from: to - 86_400_000, to } as const;
  const query: HistoryQuery = source === undefined ? span : { ...span, source };
  let frames = 0;
  try {
    for await (const page of transport.queryHistory(query)) frames += page.frames.length;
    return { ending: "read", frames };
  } catch (error) {
    return { ending: error instanceof TransportError ? error.code : String(error), frames };
  }
}

/** A channel whose history one service node makes up, without end, and another one has. */
async function besideAnHonestOne(bench: Bench, options: MadeUpStoreOptions) {
  const store = createMadeUpStore(options);
  const hostile = addressesOf(await bench.hostile({ [STORE_QUERY_CODEC]: store.handler }));
  const { multiaddr } = await bench.honest();
  const inviteCode = await saysFive(bench, multiaddr);
  const startedAt = Date.now();
  const bob = await bench.participant("Bob", [...hostile, multiaddr], inviteCode);
  const all = await textsCome(bench, bob);
  const haveThemMs = Date.now() - startedAt;
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, LOOK_MS - haveThemMs)));
  const measured = { haveThemMs, mib: Math.round(store.bytes() / MIB), pages: store.pages(), lookMs: LOOK_MS };
  await bob.say("still here");
  const writes = await isTaken(bench, bob, "still here");
  return { store, all, writes, measured };
}

export const pagesWithoutEnd: Scenario = {
  name: "pages-without-end",
  misdeed: "Its Store makes up messages without end, in full pages.",
  mustHold: `The ${SAID} messages of the honest node come; the reading ends after 32 MiB that brought nothing.`,
  run: async (bench) => {
    const { all, writes, store, measured } = await besideAnHonestOne(bench, { payloadBytes: 8_000 });
    const misses = missesOf({
      "the messages of the honest node came": all,
      "the channel still writes": writes,
      "the reading ended": store.bytes() < MOST_BYTES,
      "it was read at all": store.bytes() > MIB,
    });
    return { misses, measured };
  },
};

export const aMessageNowAndThen: Scenario = {
  name: "a-message-now-and-then",
  misdeed: "Its Store gives one made-up message each 19 s, always in time.",
  mustHold: `The ${SAID} messages of the honest node come meanwhile.`,
  run: async (bench) => {
    const { all, writes, measured } = await besideAnHonestOne(bench, { perPage: 1, delayMs: 19_000 });
    return {
      misses: missesOf({ "the messages of the honest node came": all, "the channel still writes": writes }),
      measured,
    };
  },
};

const NONSENSE: readonly (readonly [string, MadeUpStoreOptions])[] = [
  [
    "pages of nothing",
    {
      twist: ({ messages }) => ({ messages: messages.map(({ messageHash = new Uint8Array() }) => ({ messageHash })) }),
    },
  ],
  ["messages of another topic", { twist: ({ messages }) => ({ messages: messages.map(ofAnotherTopic) }) }],
  ["times that go back", { stepMs: -1_000 * 60 }],
  [
    "times that go back and forth",
    { twist: ({ messages }, page) => (page % 2 === 0 ? {} : { messages: messages.map(anHourEarlier) }) },
  ],
  [
    "times before what was asked for",
    { stepMs: 0, twist: ({ messages }) => ({ messages: messages.map(anHourEarlier) }) },
  ],
  ["the same page again and again", { twist: repeated() }],
];

type Entry = Parameters<NonNullable<MadeUpStoreOptions["twist"]>>[0]["messages"][number];

function ofAnotherTopic(entry: Entry): Entry {
  return entry.message === undefined ? entry : { ...entry, message: { ...entry.message, contentTopic: `${TOPIC}x` } };
}

function anHourEarlier(entry: Entry): Entry {
  const { message } = entry;
  if (message?.timestamp === undefined) return entry;
  return { ...entry, message: { ...message, timestamp: message.timestamp - 3_600_000_000_000n } };
}

function repeated(): NonNullable<MadeUpStoreOptions["twist"]> {
  let first: Entry[] | undefined;
  return ({ messages }) => {
    first ??= messages;
    return { messages: first };
  };
}

export const senselessHistory: Scenario = {
  name: "senseless-history",
  misdeed: `Its Store gives ${NONSENSE.map(([what]) => what).join("; ")}.`,
  mustHold: "Each read ends with words, and the next one asks another node first.",
  run: async (bench) => {
    const misses: string[] = [];
    const measured: Record<string, number> = {};
    for (const [what, options] of NONSENSE) {
      const bad = createMadeUpStore(options);
      const good = createMadeUpStore({ twist: (_response, page) => (page === 0 ? {} : { messages: [] }) });
      const nodes = [
        await bench.hostile({ [STORE_QUERY_CODEC]: bad.handler }),
        await bench.hostile({ [STORE_QUERY_CODEC]: good.handler }),
      ];
      const transport = bench.connect(nodes.flatMap(addressesOf));
      await bench.comesAbout(() => JSON.stringify(transport.health()) === JSON.stringify({ kind: "online", peers: 2 }));
      const [source] = transport.historySources?.(TOPIC) ?? [];
      const { ending } = await readDay(transport, source?.name);
      measured[`pages of ${what}`] = bad.pages();
      if (ending !== "rejected") misses.push(`${what}: the read ended as "${ending}"`);
      const pages = bad.pages();
      const next = await readDay(transport);
      if (next.frames !== 100 || bad.pages() !== pages)
        misses.push(`${what}: the other node was not asked first (${next.frames} messages)`);
    }
    return { misses, measured };
  },
};
