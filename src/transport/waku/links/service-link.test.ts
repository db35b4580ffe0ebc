import type { Connection } from "@libp2p/interface";
import type { IMetadata } from "@waku/interfaces";
import { describe, expect, test } from "vitest";
import type { Random } from "../../../runtime/port.ts";
import { createVirtualClock } from "../../../runtime/virtual-clock.ts";
import { createIdentifyWatch } from "../dialling/identify-watch.ts";
import { createLeftAlone } from "../dialling/left-alone.ts";
import { createArrivals } from "../liveness/arrivals.ts";
import { createFakeFilter } from "../testing/fake-filter.ts";
import { createFakeLibp2p, type FakeDial, LAN_ADDRESS, LOOPBACK_ADDRESS } from "../testing/fake-libp2p.ts";
import { createFilterBook } from "./filter-book.ts";
import { createServiceLink, type ServiceLink } from "./service-link.ts";
import { createTopicRegistry } from "./topic-registry.ts";

const TOPIC = "/hearback/1/a/proto";
const PUBSUB = "/waku/2/rs/42/0";
const CLUSTER = 42;
/** Pauses are as they are, neither shorter nor longer. */
const MIDDLE: Random = { next: () => 0.5, bytes: (length) => new Uint8Array(length) };

interface Options {
  readonly address?: string;
  readonly isAttended?: () => boolean;
  readonly cluster?: () => number | Error | undefined;
}

/** One link, with all of its parts but libp2p and the service node. */
async function bench({ address = LAN_ADDRESS, cluster = () => CLUSTER, isAttended = () => true }: Options = {}) {
  const clock = createVirtualClock(1_000_000);
  const start = clock.now();
  const since = () => clock.now() - start;
  const fake = createFakeLibp2p(since);
  const leftAlone = createLeftAlone(clock);
  const filter = createFakeFilter(since);
  const seen: string[] = [];
  const doubts: { readonly at: number; readonly agoMs: number }[] = [];
  let link: ServiceLink | undefined;
  const tell = (): void => {
    if (link === undefined) return;
    const state = link.isReady() ? "ready" : (link.failure() ?? (link.connection() ? "connected" : "connecting"));
    if (seen.at(-1) !== state) seen.push(state);
  };
  const topics = createTopicRegistry({ onMessage: () => undefined, onChange: () => link?.sync() });
  const metadata = {
    query: async () => {
      const clusterId = cluster();
      if (clusterId instanceof Error) throw clusterId;
      return { shardInfo: clusterId === undefined ? null : { clusterId, shards: [0] } };
    },
  } as unknown as Pick<IMetadata, "query">;
  const parts = {
    libp2p: fake.libp2p,
    arrivals: createArrivals(clock),
    leftAlone,
    identified: createIdentifyWatch({ libp2p: fake.libp2p, limitMs: 9_000, clock }),
    metadata,
    filter: filter.filter,
    book: createFilterBook({ libp2p: fake.libp2p, filter: filter.filter, onChange: () => tell() }),
  };
  const before = fake.listeners();
  topics.want(TOPIC, PUBSUB);
  topics.start({ subscribe: async () => true, unsubscribe: async () => true });
  await clock.advanceSettled(0);
  link = createServiceLink({
    ...{ parts, address, topics, clock, random: MIDDLE, refreshIntervalMs: 60_000, silenceLimitMs: 11_500 },
    ...{ isAttended, onDoubt: (agoMs) => void doubts.push({ at: since(), agoMs }) },
    ...{ network: { clusterId: CLUSTER, shards: 8, multiaddrs: [address] }, onChange: () => tell() },
  });

  /** Answers a dial with a connection that is identified. */
  function answer(dial: FakeDial): Connection {
    const connection = fake.connect();
    fake.identify(connection);
    dial.answer(connection);
    return connection;
  }
  const answerAll = (): void => {
    fake.onDial = answer;
  };
  const refuseAll = (): void => {
    fake.onDial = (dial) => dial.refuse();
    for (const dial of fake.dials) dial.refuse();
  };
  const end = async (): Promise<void> => {
    link.stop();
    await link.finished;
  };
  const pause = (ms: number): Promise<void> => clock.advanceSettled(ms);
  const dialedAt = () => fake.dials.map(({ at }) => at);
  const askedAt = (kind: string) => filter.asked.filter((each) => each.kind === kind).map(({ at }) => at);
  return {
    ...{
      clock,
      fake,
      filter,
      leftAlone,
      link,
      topics,
      seen,
      doubts,
      since,
      pause,
      dialedAt,
      askedAt,
      answer,
      answerAll,
      refuseAll,
      end,
    },
    leftOver: () => clock.pending + fake.listeners() - before,
  };
}

describe("a link to a service node that flooded us", () => {
  test("is not dialled for five minutes, whatever hurries it; then again", async () => {
    const { pause, dialedAt, refuseAll, fake, leftAlone, link, topics, end } = await bench();
    refuseAll();
    await pause(100);
    leftAlone.note(LAN_ADDRESS, "flood");
    for (let minute = 0; minute < 5; minute++) {
      await pause(59_000);
      link.nudge();
      topics.want(`${TOPIC}${minute}`, PUBSUB);
      expect(link.failure()).toContain("192.168.1.2:8645 sent more than it may");
    }
    await pause(4_999);
    expect(dialedAt()).toEqual([0]);
    await pause(1);
    expect(fake.dials).toHaveLength(2);
    await end();
  });

  test("can be closed meanwhile", async () => {
    const { pause, refuseAll, leftAlone, end } = await bench();
    leftAlone.note(LAN_ADDRESS, "flood");
    refuseAll();
    await pause(10_000);
    await end();
  });
});

describe("a link to a service node that refuses to be dialed", () => {
  test("dials at once, then with pauses that grow to five seconds", async () => {
    const { pause, dialedAt, refuseAll, link, end } = await bench();
    refuseAll();
    await pause(20_000);
    expect(dialedAt().map(Math.round)).toEqual([0, 300, 750, 1_425, 2_438, 3_956, 6_234, 9_652, 14_652, 19_652]);
    expect(link.failure()).toBe("the service node at 192.168.1.2:8645 does not answer; is it running?");
    await end();
  });

  test("on this machine dials at least every two seconds", async () => {
    const { pause, dialedAt, refuseAll, end } = await bench({ address: LOOPBACK_ADDRESS });
    refuseAll();
    await pause(9_000);
    expect(dialedAt().map(Math.round)).toEqual([0, 300, 750, 1_425, 2_438, 3_956, 5_956, 7_956]);
    await end();
  });

  test("dials at once when nudged, unless it did within a second or does so now", async () => {
    const { pause, dialedAt, refuseAll, link, fake, end } = await bench();
    refuseAll();
    await pause(6_300);
    const before = dialedAt().length;
    fake.onDial = () => undefined;
    await pause(900);
    link.nudge();
    await pause(0);
    expect(dialedAt()).toHaveLength(before);
    await pause(50);
    link.nudge();
    await pause(0);
    expect(dialedAt()).toHaveLength(before + 1);
    // While it dials a nudge is not kept either: the pause after a refusal is slept through.
    await pause(2_000);
    link.nudge();
    fake.dials.at(-1)?.refuse();
    await pause(4_999);
    expect(dialedAt()).toHaveLength(before + 1);
    await pause(1);
    expect(dialedAt()).toHaveLength(before + 2);
    await end();
  });

  test("tries at once when the SDK has connected to it, and not when to somebody else", async () => {
    const { pause, dialedAt, refuseAll, fake, end } = await bench();
    refuseAll();
    await pause(7_000);
    const before = dialedAt().length;
    fake.connect("another peer");
    await pause(0);
    expect(dialedAt()).toHaveLength(before);
    fake.connect();
    await pause(0);
    expect(dialedAt()).toHaveLength(before + 1);
    await end();
  });
});

describe("a link that dials and is not answered", () => {
  test("gives each dial ten seconds, and takes up the short pauses after it", async () => {
    const { pause, dialedAt, link, fake, end } = await bench();
    await pause(9_999);
    expect([dialedAt(), link.failure(), fake.dials[0]?.signal.aborted]).toEqual([[0], undefined, false]);
    await pause(20_000);
    expect([dialedAt(), fake.dials[0]?.signal.aborted]).toEqual([[0, 10_300, 20_600], true]);
    await end();
  });

  test("ends at once when it is stopped, and leaves nothing behind; so does one that sleeps", async () => {
    const dialing = await bench();
    await dialing.pause(1_000);
    await dialing.end();
    expect([dialing.fake.dials[0]?.signal.aborted, dialing.leftOver(), dialing.since()]).toEqual([true, 0, 1_000]);
    const sleeping = await bench();
    sleeping.refuseAll();
    await sleeping.pause(5_000);
    await sleeping.end();
    await sleeping.pause(60_000);
    expect([sleeping.leftOver(), sleeping.dialedAt().length]).toEqual([0, 6]);
  });
});

describe("a link that lost its connection", () => {
  /** Refused until the pauses have grown, then connected for so long. Returns the pause before the next dial. */
  async function pauseAfter(heldMs: number): Promise<number> {
    const { pause, dialedAt, refuseAll, fake, answer, end, since } = await bench();
    refuseAll();
    await pause(6_300);
    const connections: Connection[] = [];
    fake.onDial = (dial) => void connections.push(answer(dial));
    await pause(3_400);
    const connectedAt = dialedAt().at(-1) ?? 0;
    expect([connections.length, Math.round(connectedAt)]).toEqual([1, 9_652]);
    await pause(connectedAt + heldMs - since());
    await connections[0]?.close();
    const lostAt = since();
    await pause(10_000);
    await end();
    return Math.round((dialedAt().find((at) => at > connectedAt) ?? 0) - lostAt);
  }

  test("which held for more than five seconds, dials with short pauses again; after a shorter one they stay long", async () => {
    expect([await pauseAfter(5_001), await pauseAfter(5_000)]).toEqual([300, 5_000]);
  });

  test("says so, dials soon, and subscribes anew", async () => {
    const { pause, link, seen, answer, fake, dialedAt, askedAt, end } = await bench();
    const connections: Connection[] = [];
    fake.onDial = (dial) => void connections.push(answer(dial));
    for (const dial of fake.dials) fake.onDial(dial);
    await pause(30_000);
    expect([link.isReady(), link.connection()]).toEqual([true, connections[0]]);
    await connections[0]?.close();
    expect([link.isReady(), link.connection()]).toEqual([false, undefined]);
    await pause(300);
    expect([link.isReady(), link.connection() === connections.at(-1)]).toEqual([true, true]);
    expect([dialedAt(), askedAt("subscribe")]).toEqual([
      [0, 30_300],
      [0, 30_300],
    ]);
    const lost = "the connection to the service node was lost; trying again";
    expect(seen).toEqual(["connecting", "connected", "ready", "connected", lost, "connected", "ready"]);
    await end();
  });
});

describe("a link that is connected", () => {
  async function connected(options: Options = {}) {
    const made = await bench(options);
    made.answerAll();
    for (const dial of made.fake.dials) made.answer(dial);
    return made;
  }

  test("asks every minute whether the subscriptions hold, and at once when told to", async () => {
    const { pause, link, askedAt, doubts, end } = await connected();
    await pause(59_999);
    expect(askedAt("ping")).toEqual([]);
    await pause(60_001);
    expect(askedAt("ping")).toEqual([60_000, 120_000]);
    await pause(5_000);
    link.checkSubscriptions();
    link.pushed();
    await pause(60_000);
    expect([askedAt("ping"), askedAt("subscribe")]).toEqual([[60_000, 120_000, 125_000, 128_000], [0]]);
    // Something was lost, which no later push brings back.
    expect(doubts.map(({ agoMs }) => agoMs)).toEqual([3_000]);
    expect(link.isDoubtful()).toBe(false);
    await end();
  });

  test("subscribes again at once when the service node has forgotten it", async () => {
    const { pause, link, filter, askedAt, seen, end } = await connected();
    await pause(1_000);
    filter.answer = (kind) => (kind === "ping" ? "refused" : "agreed");
    await pause(59_000);
    expect([askedAt("ping"), askedAt("subscribe"), link.isReady()]).toEqual([[60_000], [0, 60_000], true]);
    expect(seen).toEqual(["connecting", "connected", "ready", "connected", "ready"]);
    await end();
  });

  test("that gets no answer says so, and subscribes again a moment later", async () => {
    const { pause, link, filter, askedAt, end } = await connected();
    await pause(1_000);
    filter.answer = (kind) => (kind === "ping" ? "silent" : "agreed");
    await pause(59_000);
    expect([link.isReady(), link.failure()]).toEqual([false, "the service node does not answer; trying again"]);
    await pause(300);
    expect([askedAt("subscribe"), link.isReady(), link.failure()]).toEqual([[0, 60_300], true, undefined]);
    // The time of the next question counts from the last one.
    await pause(59_700);
    expect(askedAt("ping")).toEqual([60_000, 120_000]);
    await end();
  });

  test("asks a service node that agrees to nothing again and again, with pauses that grow to five seconds", async () => {
    const { pause, link, filter, askedAt, end } = await connected();
    filter.answer = () => "refused";
    await pause(15_000);
    const times = [0, 300, 750, 1_425, 2_438, 3_956, 6_234, 9_652, 14_652];
    expect(askedAt("subscribe").map(Math.round)).toEqual(times);
    expect(link.failure()).toContain("did not agree to push messages");
    filter.answer = () => "agreed";
    await pause(5_000);
    expect([link.isReady(), link.failure()]).toEqual([true, undefined]);
    // The next refusal is a new one.
    filter.answer = () => "refused";
    const before = askedAt("subscribe").length;
    link.checkSubscriptions();
    await pause(300);
    expect(askedAt("subscribe")).toHaveLength(before + 2);
    await end();
  });

  test("takes up what comes to be wanted, and ends what is not any more, at once", async () => {
    const { pause, link, filter, topics, end } = await connected();
    await pause(1_000);
    topics.want("/hearback/1/b/proto", PUBSUB);
    expect(link.isReady()).toBe(false);
    await pause(0);
    expect(link.isReady()).toBe(true);
    topics.drop(TOPIC);
    await pause(0);
    expect(filter.asked.map(({ kind, topics }) => `${kind} ${topics.join()}`)).toEqual([
      `subscribe ${TOPIC}`,
      "subscribe /hearback/1/b/proto",
      `unsubscribe ${TOPIC}`,
    ]);
    await end();
  });

  test("asks once more at once when it is told to while it asks", async () => {
    const { pause, link, filter, askedAt, end } = await connected();
    await pause(1_000);
    filter.answer = () => {
      filter.answer = () => "agreed";
      link.checkSubscriptions();
      return "agreed";
    };
    link.checkSubscriptions();
    await pause(500);
    expect(askedAt("ping")).toEqual([1_000, 1_000]);
    await end();
  });

  test("asks nothing about subscriptions when there are none", async () => {
    const { pause, topics, askedAt, end } = await connected();
    topics.drop(TOPIC);
    await pause(120_000);
    expect(askedAt("ping")).toEqual([]);
    await end();
  });

  test("is not dialed when nudged, and a nudge is not kept for later", async () => {
    const { pause, link, fake, dialedAt, end } = await connected();
    await pause(30_000);
    link.nudge();
    fake.onDial = () => undefined;
    await pause(10_000);
    expect([dialedAt(), link.isReady()]).toEqual([[0], true]);
    await end();
  });

  test("ends when it is stopped, without words, and leaves nothing behind", async () => {
    const { pause, link, end, leftOver, fake } = await connected();
    await pause(30_000);
    expect(fake.streams()).toBe(1);
    await end();
    expect([link.connection(), link.failure(), leftOver(), fake.streams()]).toEqual([undefined, undefined, 0, 0]);
  });

  test("to a node of another network closes it, says which, and dials once a minute, whatever hurries it", async () => {
    const { pause, link, filter, fake, dialedAt, answer, end } = await bench({ cluster: () => 1 });
    const connections: Connection[] = [];
    fake.onDial = (dial) => void connections.push(answer(dial));
    for (const dial of fake.dials) fake.onDial(dial);
    for (let second = 0; second < 59; second++) {
      await pause(1_000);
      link.nudge();
      link.sync();
      expect(link.failure()).toContain("192.168.1.2:8645 serves another network (Waku cluster 1, not 42)");
    }
    expect([filter.asked, dialedAt()]).toEqual([[], [0]]);
    await pause(1_000);
    expect(dialedAt()).toEqual([0, 60_000]);
    expect(connections.map(({ status }) => status)).toEqual(["closed", "closed"]);
    await end();
  });

  test("to a node that does not say its network, or cannot, is used", async () => {
    for (const answer of [undefined, new Error("no metadata")]) {
      const { pause, link, end } = await connected({ cluster: () => answer });
      await pause(0);
      expect(link.isReady()).toBe(true);
      await end();
    }
  });
});

describe("a link that came back", () => {
  /** Connected, cut off after a second, and connected again. */
  async function backAgain(options: Options = {}) {
    const made = await bench(options);
    made.answerAll();
    const connections = made.fake.dials.map((dial) => made.answer(dial));
    await made.pause(1_000);
    await connections[0]?.close();
    await made.pause(300);
    expect(made.link.isReady()).toBe(true);
    return made;
  }

  test("asks the service node every three seconds, and says what may be missing, until something is pushed", async () => {
    const { pause, link, askedAt, doubts, end } = await backAgain();
    expect(link.isDoubtful()).toBe(true);
    await pause(6_000);
    expect(askedAt("ping")).toEqual([4_300, 7_300]);
    expect(doubts).toEqual([
      { at: 4_300, agoMs: 3_000 },
      { at: 7_300, agoMs: 6_000 },
    ]);
    link.pushed();
    await pause(30_000);
    expect([doubts.length, askedAt("ping").length, link.isDoubtful()]).toEqual([2, 2, false]);
    await end();
  });

  test("does so as well when a push was broken off, though the connection held", async () => {
    const { pause, link, doubts, end } = await backAgain();
    link.pushed();
    await pause(1_000);
    link.checkSubscriptions();
    await pause(3_000);
    expect([link.isDoubtful(), doubts]).toEqual([true, [{ at: 5_300, agoMs: 3_000 }]]);
    await end();
  });

  test("says what may be missing before it asks: the answer may take seconds", async () => {
    const { pause, filter, doubts, askedAt, end } = await backAgain();
    let answer = (): void => undefined;
    filter.answer = () =>
      new Promise((resolve) => {
        answer = () => resolve("agreed");
      });
    await pause(5_900);
    expect([askedAt("ping"), doubts]).toEqual([[4_300], [{ at: 4_300, agoMs: 3_000 }]]);
    answer();
    await pause(100);
    // The next look counts from the one before, not from the answer.
    expect(doubts.map(({ at }) => at)).toEqual([4_300, 7_300]);
    answer();
    await end();
  });

  test("does so for a minute at most, and the first connection not at all", async () => {
    const { pause, doubts, end } = await backAgain();
    await pause(120_000);
    expect(doubts.map(({ agoMs }) => agoMs)).toEqual(Array.from({ length: 20 }, (_, index) => (index + 1) * 3_000));
    await end();
    const first = await bench();
    first.answerAll();
    for (const dial of first.fake.dials) first.answer(dial);
    await first.pause(30_000);
    expect([first.doubts, first.askedAt("ping")]).toEqual([[], []]);
    await first.end();
  });

  test("subscribes again when the service node has found out and forgotten it", async () => {
    const { pause, link, filter, askedAt, end } = await backAgain();
    filter.answer = (kind) => (kind === "ping" ? "refused" : "agreed");
    await pause(3_000);
    expect([askedAt("subscribe"), link.isReady()]).toEqual([[0, 1_300, 4_300], true]);
    await end();
  });
});

describe("a link whose service node says nothing any more", () => {
  test("is quiet, then drops the connection and dials anew", async () => {
    const { pause, link, seen, fake, dialedAt, answerAll, answer, end } = await bench();
    answerAll();
    for (const dial of fake.dials) answer(dial);
    fake.onPing = () => false;
    await pause(6_999);
    expect(link.isQuiet()).toBe(false);
    await pause(1);
    expect([link.isQuiet(), link.isReady()]).toEqual([true, true]);
    fake.onPing = () => true;
    await pause(8_800);
    expect([dialedAt(), link.isQuiet(), link.isReady()]).toEqual([[0, 15_800], false, true]);
    expect(seen.slice(-4)).toEqual([
      "connected",
      "the connection to the service node was lost; trying again",
      "connected",
      "ready",
    ]);
    await end();
  });

  test("is asked again a second after a question that it did not answer", async () => {
    const { pause, link, fake, answerAll, answer, end } = await bench();
    answerAll();
    for (const dial of fake.dials) answer(dial);
    fake.onPing = () => false;
    await pause(500);
    link.asked();
    await pause(4_000);
    expect(link.isQuiet()).toBe(true);
    await end();
  });

  test("is asked for its subscriptions half as often while nobody looks", async () => {
    const { pause, fake, answerAll, answer, askedAt, end } = await bench({ isAttended: () => false });
    answerAll();
    for (const dial of fake.dials) answer(dial);
    await pause(250_000);
    expect(askedAt("ping")).toEqual([120_000, 240_000]);
    await end();
  });
});
