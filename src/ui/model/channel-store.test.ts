import { describe, expect, it, vi } from "vitest";
import type {
  ChannelClient,
  ChannelEvent,
  ChannelSnapshot,
  ChannelStatus,
  LogItem,
  LogPage,
  LogPosition,
  ParticipantView,
  StoredView,
} from "../../channel/api/channel-client.ts";
import { MAX_PAGE } from "../../channel/api/limits.ts";
import { asChannelId, asMessageId, asParticipantId } from "../../sds/wire/ids.ts";
import { createChannelStore } from "./channel-store.ts";

const ADA = asParticipantId("s1ada");

const delivery = { state: { kind: "sent" }, received: [], audience: [], attempts: 1 } as const;

function message(lamport: number, id = `m${lamport}`, text = id): LogItem {
  return {
    kind: "message",
    id: asMessageId(id),
    lamport,
    author: ADA,
    mine: true,
    signed: true,
    type: "chat",
    text,
    textKept: true,
    composedAt: lamport,
    delivery,
  };
}

const hole = (lamport: number, id: string): LogItem => ({
  kind: "hole",
  id: asMessageId(id),
  lamport,
  state: "fetching",
  since: 0,
});

const ada: ParticipantView = {
  id: ADA,
  me: true,
  name: "Ada",
  index: 0,
  heardAt: 0,
  present: true,
  signed: true,
  equivocations: 0,
  gaps: 0,
};

const status: ChannelStatus = {
  connection: "online",
  peers: 1,
  reason: "",
  waiting: 0,
  reading: null,
  embargoed: 0,
  clockCorrectionMs: 0,
  clockSuggestionMs: null,
  storageProblem: "",
  mistake: false,
};

/** A client whose every answer the test gives by hand. */
class HandDrivenClient implements ChannelClient {
  readonly channelId = asChannelId("channel");
  readonly snapshots: {
    readonly limit: number | undefined;
    readonly answer: (snapshot: ChannelSnapshot) => void;
    readonly fail: (error: unknown) => void;
  }[] = [];
  readonly pages: {
    readonly before: LogPosition;
    readonly answer: (page: LogPage) => void;
    readonly fail: (error: unknown) => void;
  }[] = [];
  readonly subscriptions: { readonly afterSeq: number; active: boolean; emit: (event: ChannelEvent) => void }[] = [];
  readonly read: LogPosition[] = [];
  /** While set, nothing can be marked as read. */
  readProblem: Error | null = null;
  closed = false;
  statusWatchers = 0;
  tellStatus = (_status: ChannelStatus): void => {};
  /** What the Store had last. */
  stored: () => Promise<readonly StoredView[]> = async () => [];
  asked = 0;

  newestStored(): Promise<readonly StoredView[]> {
    this.asked++;
    return this.stored();
  }

  snapshot(limit?: number): Promise<ChannelSnapshot> {
    return new Promise((answer, fail) => this.snapshots.push({ limit, answer, fail }));
  }

  page(before: LogPosition): Promise<LogPage> {
    return new Promise((answer, fail) => this.pages.push({ before, answer, fail }));
  }

  subscribe(afterSeq: number, listener: (event: ChannelEvent) => void): () => void {
    const subscription = { afterSeq, active: true, emit: listener };
    this.subscriptions.push(subscription);
    return () => {
      subscription.active = false;
    };
  }

  watchStatus(listener: (status: ChannelStatus) => void): () => void {
    this.statusWatchers++;
    this.tellStatus = listener;
    listener(status);
    return () => {
      this.statusWatchers--;
    };
  }

  async markRead(upTo: LogPosition): Promise<void> {
    this.read.push(upTo);
    if (this.readProblem !== null) throw this.readProblem;
  }

  send = (): Promise<never> => Promise.reject(new Error("not part of this test"));
  sendEphemeral = this.send;
  correctClock = this.send;
  watchEphemeral = (): (() => void) => () => {};
  sendAgain = this.send;
  stopSending = this.send;
  remove = this.send;
  fetchAgain = this.send;
  details = this.send;

  close(): void {
    this.closed = true;
  }
}

function snapshot(seq: number, entries: readonly LogItem[], more = false, unread = 0): ChannelSnapshot {
  const channel = {
    id: asChannelId("channel"),
    name: "Harbour",
    profile: "community",
    inviteCode: "hearback1x",
    levelPercent: 80,
  } as const;
  return { channel, me: ADA, participants: [ada], page: { entries, more }, unread, seq };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

async function opened(entries: readonly LogItem[], more = false) {
  const client = new HandDrivenClient();
  const store = createChannelStore(client, { pageSize: 3, showEveryMs: 0 });
  client.snapshots[0]?.answer(snapshot(10, entries, more));
  await settle();
  const ids = () => store.entries.value.map(({ id }) => id as string);
  const emit = (event: ChannelEvent) => client.subscriptions.at(-1)?.emit(event);
  const entry = (seq: number, item: LogItem) => emit({ kind: "entry", seq, entry: item, unread: 0 });
  return { client, store, ids, emit, entry };
}

describe("createChannelStore", () => {
  it("shows the snapshot and asks for events from there", async () => {
    const { client, store, ids } = await opened([message(1), message(2)]);
    expect(ids()).toEqual(["m1", "m2"]);
    expect(store.channel.value?.name).toBe("Harbour");
    expect(store.participants.value.get(ADA)).toBe(ada);
    expect(store.status.value).toBe(status);
    expect(client.subscriptions.map(({ afterSeq }) => afterSeq)).toEqual([10]);
  });

  it("puts entries in their place: by Lamport timestamp, then by id", async () => {
    const { ids, entry } = await opened([message(1), message(5)]);
    entry(11, message(3, "b"));
    entry(12, message(3, "a"));
    entry(13, message(9));
    expect(ids()).toEqual(["m1", "a", "b", "m5", "m9"]);
  });

  it("replaces an entry that comes again, wherever it is now", async () => {
    const { store, ids, entry } = await opened([hole(1, "x"), message(2)]);
    entry(11, message(7, "x", "recovered"));
    expect(ids()).toEqual(["m2", "x"]);
    expect(store.entries.value[1]?.kind).toBe("message");
  });

  it("closes holes, and not the message that took their place", async () => {
    const { ids, emit, entry } = await opened([hole(1, "x"), hole(2, "y")]);
    entry(11, message(1, "x"));
    emit({ kind: "hole-closed", seq: 12, id: asMessageId("x") });
    emit({ kind: "hole-closed", seq: 13, id: asMessageId("y") });
    expect(ids()).toEqual(["x"]);
  });

  it("updates deliveries, tells listeners and leaves other entries identical", async () => {
    const { store, emit } = await opened([message(1), message(2)]);
    const before = store.entries.value;
    const heard: string[] = [];
    store.onDelivery((updates) => heard.push(...updates.map(({ id }) => id)));
    const better = { ...delivery, state: { kind: "everyone", n: 2 } } as const;
    emit({ kind: "delivery", seq: 11, updates: [{ id: asMessageId("m2"), delivery: better }] });
    expect(store.entries.value[0]).toBe(before[0]);
    expect(store.entries.value[1]).toMatchObject({ id: "m2", delivery: better });
    expect(heard).toEqual(["m2"]);
  });

  it("shows a burst together, and never later than the next moment", async () => {
    const client = new HandDrivenClient();
    const store = createChannelStore(client, { showEveryMs: 30 });
    client.snapshots[0]?.answer(snapshot(0, [message(1)]));
    await settle();
    let shown = 0;
    store.entries.subscribe(() => {
      shown += 1;
    });
    const heard: number[] = [];
    store.onDelivery((updates) => heard.push(updates.length));
    for (let seq = 1; seq <= 50; seq += 1) {
      client.subscriptions[0]?.emit({ kind: "entry", seq, entry: message(seq + 1), unread: 0 });
    }
    client.subscriptions[0]?.emit({ kind: "delivery", seq: 51, updates: [{ id: asMessageId("m51"), delivery }] });
    await vi.waitFor(() => expect(heard).toHaveLength(1), 10_000);
    expect(store.entries.value).toHaveLength(51);
    // The subscription itself, at most one at once, and the rest.
    expect(shown).toBeLessThanOrEqual(3);
    expect(heard).toEqual([1]);
  });

  it("takes each event once", async () => {
    const { ids, entry } = await opened([message(1)]);
    entry(11, message(2));
    entry(11, message(3));
    entry(10, message(4));
    expect(ids()).toEqual(["m1", "m2"]);
  });

  it.each([
    ["a gap", { kind: "tick", seq: 12 } as const],
    ["a reset", { kind: "reset", seq: 11 } as const],
  ])("takes a new snapshot after %s", async (_, event) => {
    const { client, ids, emit } = await opened([message(1)]);
    emit(event);
    expect(client.subscriptions[0]?.active).toBe(false);
    // The old subscription may still speak; nobody listens.
    client.subscriptions[0]?.emit({ kind: "entry", seq: 11, entry: message(99), unread: 0 });
    client.snapshots[1]?.answer(snapshot(20, [message(1), message(2)]));
    await settle();
    expect(ids()).toEqual(["m1", "m2"]);
    expect(client.subscriptions[1]?.afterSeq).toBe(20);
  });

  it("loads older pages once at a time", async () => {
    const { client, store, ids } = await opened([message(10)], true);
    const loading = store.loadOlder();
    void store.loadOlder();
    expect(client.pages).toHaveLength(1);
    expect(client.pages[0]?.before).toEqual({ lamport: 10, id: "m10" });
    expect(store.loadingOlder.value).toBe(true);
    client.pages[0]?.answer({ entries: [message(8), message(9)], more: false });
    await loading;
    expect(ids()).toEqual(["m8", "m9", "m10"]);
    expect(store.more.value).toBe(false);
    await store.loadOlder();
    expect(client.pages).toHaveLength(1);
  });

  it("leaves older entries to paging, so that the log on screen has no invisible gap", async () => {
    const { client, store, ids, entry } = await opened([message(10)], true);
    entry(11, message(5));
    expect(ids()).toEqual(["m10"]);
    const loading = store.loadOlder();
    // Written after the page was read, and before it arrived.
    entry(12, message(9));
    entry(13, message(2));
    client.pages[0]?.answer({ entries: [message(5), message(8)], more: true });
    await loading;
    expect(ids()).toEqual(["m5", "m8", "m9", "m10"]);
  });

  it("drops a page that arrives after a new snapshot", async () => {
    const { client, store, ids, emit } = await opened([message(10)], true);
    void store.loadOlder();
    emit({ kind: "reset", seq: 11 });
    client.snapshots[1]?.answer(snapshot(20, [message(12)], true));
    await settle();
    client.pages[0]?.answer({ entries: [message(8)], more: false });
    await settle();
    expect(ids()).toEqual(["m12"]);
    expect(store.loadingOlder.value).toBe(false);
  });

  it("says why nothing could be read, and tries again when told to", async () => {
    const client = new HandDrivenClient();
    const store = createChannelStore(client);
    const error = new Error("no storage");
    client.snapshots[0]?.fail(error);
    await settle();
    expect(store.problem.value).toBe(error);
    store.retry();
    client.snapshots[1]?.answer(snapshot(1, [message(1)]));
    await settle();
    expect(store.problem.value).toBeNull();
    expect(store.entries.value).toHaveLength(1);
  });

  it("passes on what was read and counts down", async () => {
    const { client, store, emit } = await opened([message(1)]);
    emit({ kind: "entry", seq: 11, entry: message(2), unread: 1 });
    expect(store.unread.value).toBe(1);
    store.markRead({ lamport: 2, id: asMessageId("m2") });
    await settle();
    expect(client.read).toEqual([{ lamport: 2, id: "m2" }]);
    expect(store.unread.value).toBe(0);
  });

  it("keeps the count when only older messages were read, when a newer one came meanwhile, or when it failed", async () => {
    const { client, store, emit } = await opened([message(1), message(2)]);
    const arrive = (seq: number, lamport: number, unread: number) =>
      emit({ kind: "entry", seq, entry: message(lamport), unread });
    arrive(11, 3, 2);
    store.markRead({ lamport: 2, id: asMessageId("m2") });
    await settle();
    expect(store.unread.value, "an older one").toBe(2);
    store.markRead({ lamport: 3, id: asMessageId("m3") });
    arrive(12, 4, 3);
    await settle();
    expect(store.unread.value, "one that was the newest").toBe(3);
    client.readProblem = new Error("no storage");
    store.markRead({ lamport: 4, id: asMessageId("m4") });
    await settle();
    expect(store.unread.value, "failed").toBe(3);
    client.readProblem = null;
    store.markRead({ lamport: 4, id: asMessageId("m4") });
    await settle();
    expect(store.unread.value).toBe(0);
  });

  it("says why older messages could not be loaded, and loads them when asked again", async () => {
    const { client, store, ids, entry } = await opened([message(10)], true);
    const error = new Error("no storage");
    const failing = store.loadOlder();
    client.pages[0]?.fail(error);
    await failing;
    expect([store.problem.value, store.loadingOlder.value, store.more.value]).toEqual([error, false, true]);
    // The page that never came left no gap behind: what is older still waits for one.
    entry(11, message(5));
    expect(ids()).toEqual(["m10"]);
    const loading = store.loadOlder();
    expect(client.pages).toHaveLength(2);
    client.pages[1]?.answer({ entries: [message(5)], more: false });
    await loading;
    expect(ids()).toEqual(["m5", "m10"]);
  });

  it("a page that fails after a new snapshot is no problem", async () => {
    const { client, store, emit } = await opened([message(10)], true);
    void store.loadOlder();
    emit({ kind: "reset", seq: 11 });
    client.snapshots[1]?.answer(snapshot(20, [message(12)], true));
    await settle();
    client.pages[0]?.fail(new Error("too late"));
    await settle();
    expect(store.problem.value).toBeNull();
  });

  it("of two snapshots under way only the newer counts, also when the older one fails", async () => {
    for (const fails of [false, true]) {
      const { client, store, ids, emit } = await opened([message(1)]);
      emit({ kind: "reset", seq: 11 });
      emit({ kind: "reset", seq: 12 });
      store.retry();
      const older = client.snapshots.at(-2);
      client.snapshots.at(-1)?.answer(snapshot(20, [message(2)]));
      await settle();
      if (fails) older?.fail(new Error("too late"));
      else older?.answer(snapshot(15, [message(3)]));
      await settle();
      expect([ids(), store.problem.value]).toEqual([["m2"], null]);
      expect(client.subscriptions.filter(({ active }) => active).map(({ afterSeq }) => afterSeq)).toEqual([20]);
    }
  });

  it("asks anew for as much as was on screen, up to a limit", async () => {
    const { client, emit } = await opened(Array.from({ length: 5 }, (_, index) => message(index + 1)));
    emit({ kind: "reset", seq: 11 });
    client.snapshots[1]?.answer(
      snapshot(
        20,
        Array.from({ length: 3_000 }, (_, index) => message(index + 1)),
      ),
    );
    await settle();
    emit({ kind: "reset", seq: 21 });
    expect(client.snapshots.map(({ limit }) => limit)).toEqual([3, 5, MAX_PAGE]);
  });

  it("takes what it was told of participants and removals", async () => {
    const { store, ids, emit } = await opened([message(1), message(2)]);
    const ben = { ...ada, id: asParticipantId("s1ben"), me: false, name: "Ben", index: 1 };
    emit({ kind: "participant", seq: 11, participant: ben });
    expect([...store.participants.value.keys()]).toEqual([ADA, ben.id]);
    emit({ kind: "removed", seq: 12, id: asMessageId("m1") });
    expect(ids()).not.toContain("m1");
    emit({ kind: "entry", seq: 13, entry: message(3), unread: 0 });
    expect(ids()).toContain("m3");
  });

  it("tells no delivery to who has gone", async () => {
    const { store, emit } = await opened([message(1)]);
    const heard: string[] = [];
    const stop = store.onDelivery(() => heard.push("one"));
    store.onDelivery(() => heard.push("other"));
    const update = (seq: number) => emit({ kind: "delivery", seq, updates: [{ id: asMessageId("m1"), delivery }] });
    update(11);
    stop();
    update(12);
    expect(heard).toEqual(["one", "other", "other"]);
  });

  it("shows nothing any more once closed, though a change was about to be shown", async () => {
    vi.useFakeTimers();
    try {
      const client = new HandDrivenClient();
      const store = createChannelStore(client, { showEveryMs: 30 });
      client.snapshots[0]?.answer(snapshot(0, [message(1)]));
      await vi.advanceTimersByTimeAsync(0);
      client.subscriptions[0]?.emit({ kind: "entry", seq: 1, entry: message(2), unread: 0 });
      expect(vi.getTimerCount()).toBe(1);
      store.close();
      expect([vi.getTimerCount(), client.statusWatchers]).toEqual([0, 0]);
      expect(client.subscriptions.map(({ active }) => active)).toEqual([false]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("goes silent when closed", async () => {
    const { client, store, ids, entry } = await opened([message(1)]);
    store.close();
    entry(11, message(2));
    expect(client.closed).toBe(true);
    expect(ids()).toEqual(["m1"]);
  });
});

describe("a first look", () => {
  function deferredLook() {
    let resolve = (_look: ChannelSnapshot | null): void => {};
    const promise = new Promise<ChannelSnapshot | null>((settleWith) => {
      resolve = settleWith;
    });
    return { promise, resolve };
  }

  async function looking(look: Promise<ChannelSnapshot | null>) {
    const client = new HandDrivenClient();
    const store = createChannelStore(client, { pageSize: 3, showEveryMs: 0, firstLook: look });
    await settle();
    return { client, store, ids: () => store.entries.value.map(({ id }) => id as string) };
  }

  it("is shown until the snapshot is there, which then counts alone", async () => {
    const { client, store, ids } = await looking(Promise.resolve(snapshot(7, [message(1), message(2)], true)));
    expect(ids()).toEqual(["m1", "m2"]);
    expect(store.channel.value?.name).toBe("Harbour");
    expect(client.subscriptions).toEqual([]);
    await store.loadOlder();
    expect(client.pages).toEqual([]);
    client.snapshots[0]?.answer(snapshot(10, [message(2), message(3)], true));
    await settle();
    expect(ids()).toEqual(["m2", "m3"]);
    expect(client.subscriptions.map(({ afterSeq }) => afterSeq)).toEqual([10]);
    void store.loadOlder();
    expect(client.pages).toHaveLength(1);
  });

  it("that comes after the snapshot changes nothing", async () => {
    const late = deferredLook();
    const { client, ids } = await looking(late.promise);
    client.snapshots[0]?.answer(snapshot(10, [message(2)]));
    await settle();
    late.resolve(snapshot(7, [message(1)]));
    await settle();
    expect(ids()).toEqual(["m2"]);
  });

  it("that comes after closing changes nothing, and none is no problem", async () => {
    const late = deferredLook();
    const { store, ids } = await looking(late.promise);
    store.close();
    late.resolve(snapshot(7, [message(1)]));
    await settle();
    expect(ids()).toEqual([]);
    for (const look of [async () => null, () => Promise.reject(new Error("no database"))]) {
      const { store: other, ids: shown } = await looking(look());
      expect(shown()).toEqual([]);
      expect(other.problem.value).toBeNull();
    }
  });
});

describe("while the history is read for the first time", () => {
  const reading = (messages: number, newest: number, waiting = false): ChannelStatus => ({
    ...status,
    reading: { messages, newest, waiting },
  });
  const stored = (lamport: number): StoredView => ({
    ...{ id: asMessageId(`m${lamport}`), lamport, author: ADA, mine: false, signed: true, type: "chat" as const },
    ...{ text: `m${lamport}`, textKept: true, composedAt: lamport },
  });
  const kinds = ({ entries }: { readonly entries: { readonly value: readonly { readonly kind: string }[] } }) =>
    entries.value.map(({ kind }) => kind);

  /** The log begins with own words at 90; the Store has 80 to 82 at its end. */
  async function previewing() {
    const made = await opened([message(1), message(90)]);
    made.client.stored = async () => [80, 81, 82].map(stored);
    made.client.tellStatus(reading(1, 3));
    await settle();
    return made;
  }

  it("shows what the Store had last, with what the log has behind its first, and nothing before", async () => {
    const { store, ids } = await previewing();
    expect(ids()).toEqual(["m80", "m81", "m82", "m90"]);
    expect(kinds(store)).toEqual(["preview", "preview", "preview", "message"]);
    // The log has the first of them already.
    const held = await opened([message(1), message(80)]);
    held.client.stored = async () => [80, 81].map(stored);
    held.client.tellStatus(reading(2, 2));
    await settle();
    expect([held.ids(), kinds(held.store)]).toEqual([
      ["m80", "m81"],
      ["message", "preview"],
    ]);
    expect([store.previewing.value, store.more.value]).toEqual([true, true]);
  });

  it("draws nothing of the past that is read, puts the log's own entry where the same stood, and own words at the end", async () => {
    const { store, ids, entry } = await previewing();
    const drawn = store.entries.value;
    for (let seq = 11; seq < 40; seq++) entry(seq, message(seq));
    expect(store.entries.value).toBe(drawn);
    entry(40, message(81));
    entry(41, message(95));
    expect(ids()).toEqual(["m80", "m81", "m82", "m90", "m95"]);
    expect(kinds(store)).toEqual(["preview", "message", "preview", "message", "message"]);
  });

  it("counts nothing as unread, marks nothing as read, and pages nowhere", async () => {
    const { client, store, emit } = await previewing();
    emit({ kind: "entry", seq: 11, entry: message(81), unread: 7 });
    store.markRead({ lamport: 82, id: asMessageId("m82") });
    await store.loadOlder();
    expect([store.unread.value, client.read, client.pages]).toEqual([0, [], []]);
  });

  it("asks once for what the Store had last, however often the number of messages rises, and again when there is more of it", async () => {
    const { client } = await previewing();
    client.tellStatus(reading(500, 3));
    client.tellStatus(reading(600, 3, true));
    expect(client.asked).toBe(1);
    client.tellStatus(reading(600, 4));
    expect(client.asked).toBe(2);
  });

  it("ends with one page of the log in its place, and then everything is as ever", async () => {
    const { client, store, ids } = await previewing();
    client.tellStatus(status);
    // Until the page is there, what stood there stands.
    expect(ids()).toEqual(["m80", "m81", "m82", "m90"]);
    client.snapshots[1]?.answer(snapshot(900, [message(81), message(82), message(90)], true, 5));
    await settle();
    expect(ids()).toEqual(["m81", "m82", "m90"]);
    expect(kinds(store)).toEqual(["message", "message", "message"]);
    expect([store.previewing.value, store.unread.value]).toEqual([false, 5]);
    store.markRead({ lamport: 90, id: asMessageId("m90") });
    void store.loadOlder();
    expect([client.read.length, client.pages.length]).toEqual([1, 1]);
    client.tellStatus({ ...status, waiting: 1 });
    expect(client.snapshots).toHaveLength(2);
  });

  it("stands when the log has to be read anew meanwhile, and when no service node answers", async () => {
    const { client, store, emit, ids } = await previewing();
    client.tellStatus(reading(1, 3, true));
    emit({ kind: "reset", seq: 500 });
    client.snapshots[1]?.answer(snapshot(500, [message(1), message(2), message(90)], false, 9));
    await settle();
    expect(ids()).toEqual(["m80", "m81", "m82", "m90"]);
    expect([store.previewing.value, store.unread.value]).toEqual([true, 0]);
  });

  it("shows nothing that comes when all was read, or that cannot be had", async () => {
    const late = await opened([message(1)]);
    let answer = (_found: readonly StoredView[]): void => {};
    late.client.stored = () => new Promise((resolve) => (answer = resolve));
    late.client.tellStatus(reading(1, 3));
    late.client.tellStatus(status);
    answer([stored(80)]);
    await settle();
    expect([late.ids(), late.store.previewing.value]).toEqual([["m1"], false]);
    const gone = await opened([message(1)]);
    gone.client.stored = async () => [stored(80)];
    gone.client.tellStatus(reading(1, 1));
    gone.store.close();
    await settle();
    expect(gone.ids()).toEqual(["m1"]);
    const without = await opened([message(1)]);
    without.client.stored = () => Promise.reject(new Error("The worker is gone."));
    without.client.tellStatus(reading(1, 3));
    await settle();
    without.entry(11, message(2));
    expect([without.ids(), without.store.previewing.value]).toEqual([["m1", "m2"], false]);
  });
});
