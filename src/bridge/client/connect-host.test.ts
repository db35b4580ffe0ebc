import { afterEach, describe, expect, test, vi } from "vitest";
import type { ChannelEvent, ChannelStatus } from "../../channel/api/channel-client.ts";
import type { ChannelHost } from "../../channel/api/channel-host.ts";
import { MAX_TEXT_BYTES } from "../../channel/api/limits.ts";
import { systemRandom } from "../../runtime/system-random.ts";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import { asChannelId } from "../../sds/wire/ids.ts";
import type { BridgePort } from "../ports/port.ts";
import { createHostServer, type HostServer } from "../server/serve-host.ts";
import { type BreakableLink, breakableLink, type Fault } from "../testing/breakable-port.ts";
import { type HandPort, handPort } from "../testing/hand-port.ts";
import { pause } from "../testing/raw-end.ts";
import { CHANNEL, CREATE, createTestHost, REFUSED, STATUS, type TestHost } from "../testing/test-host.ts";
import { connectHost } from "./connect-host.ts";
import type { ConnectionState } from "./connection-state.ts";

const soon = (check: () => void) => vi.waitFor(check, 10_000);

const FAST = { firstDelayMs: 1, maxDelayMs: 5, attempts: 8, helloTimeoutMs: 200 };
const opened: ChannelHost[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const host of opened.splice(0)) await host.close();
});

/** A page whose worker can be cut off and replaced. */
interface Bench {
  readonly host: TestHost;
  readonly remote: ChannelHost;
  readonly states: string[];
  readonly links: BreakableLink[];
  link(): BreakableLink;
  /** The worker starts anew: same host, nothing remembered. */
  restartWorker(): void;
  /** No worker can be reached until it is started again. */
  stopWorker(): void;
}

function bench(options: Parameters<typeof connectHost>[1] = {}, fault?: (message: unknown) => Fault): Bench {
  const host = createTestHost();
  const links: BreakableLink[] = [];
  const states: string[] = [];
  let server: HostServer | null = createHostServer(host);
  const openPort = (): BridgePort => {
    if (server === null) throw new Error("No worker.");
    const link = breakableLink(fault);
    links.push(link);
    server.serve(link.worker);
    return link.page;
  };
  const onState = (state: ConnectionState) => void states.push(state.kind);
  const remote = connectHost(openPort, { reconnect: FAST, onState, ...options });
  opened.push(remote);
  const link = () => {
    const last = links.at(-1);
    if (last === undefined) throw new Error("No port was opened.");
    return last;
  };
  const stopWorker = () => {
    server = null;
    link().break();
  };
  return {
    host,
    remote,
    states,
    links,
    link,
    stopWorker,
    restartWorker() {
      stopWorker();
      server = createHostServer(host);
    },
  };
}

const code = (error: string) => expect.objectContaining({ name: "ChannelError", code: error });
const seqs = (events: readonly ChannelEvent[]) => events.map(({ seq }) => seq);
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe("requests", () => {
  test("that the port did not survive are asked again, and done once", async () => {
    const { host, remote, link, states } = bench();
    const letGo = host.hold();
    const channel = remote.open(CHANNEL);
    const asked = Promise.all([remote.create(CREATE), channel.send({ requestId: "r1", type: "chat", text: "hi" })]);
    const reads = Promise.all([remote.channels(), channel.snapshot()]);
    await soon(() => expect(host.calls).toHaveLength(4));
    link().break();
    await soon(() => expect(states).toEqual(["connected", "reconnecting", "connected"]));
    letGo();
    const [created, sent] = await asked;
    expect([created.name, sent.id]).toEqual(["Harbour", "r1"]);
    expect(host.calls.filter((name) => name === "create" || name === "send r1")).toHaveLength(2);
    // Reading twice changes nothing, and the second answer is the fresher one.
    expect((await reads)[1].channel.id).toBe(CHANNEL);
  });

  test("whose answer was lost get the first one, though the answer was complete before", async () => {
    let lose = true;
    const isAnswer = (message: unknown) => typeof message === "object" && message !== null && "ok" in message;
    const { host, remote } = bench({}, (message) => {
      if (!lose || !isAnswer(message)) return "pass";
      lose = false;
      return "break";
    });
    const first = await remote.create(CREATE);
    expect(first.id).toBe("Harbour-0");
    expect(host.calls).toEqual(["create"]);
    expect(await remote.channels()).toHaveLength(1);
  });

  test("that are not safe to repeat are not repeated to a worker that forgot them", async () => {
    const { host, remote, restartWorker } = bench();
    host.hold();
    const channel = remote.open(CHANNEL);
    const creating = expect(remote.create(CREATE)).rejects.toEqual(code("disconnected"));
    void channel.send({ requestId: "r1", type: "chat", text: "hi" }).catch(() => {});
    await soon(() => expect(host.calls).toHaveLength(2));
    restartWorker();
    await creating;
    // The channel itself knows a request id again, so sending is safe.
    await soon(() => expect(host.calls).toEqual(["create", "send r1", "send r1"]));
  });

  test("made while there is no connection are asked in order when there is one", async () => {
    const { host, remote, restartWorker } = bench();
    await remote.channels();
    restartWorker();
    const channel = remote.open(CHANNEL);
    const sends = ["r1", "r2", "r3"].map((requestId) => channel.send({ requestId, type: "chat", text: "hi" }));
    await Promise.all(sends);
    expect(host.calls).toEqual(["channels", "send r1", "send r2", "send r3"]);
  });

  test("time out when they are not answered, and a late answer harms nobody", async () => {
    const clock = createVirtualClock(0);
    const { host, remote } = bench({ requestTimeoutMs: 60, clock });
    await remote.channels();
    const letGo = host.hold();
    const creating = expect(remote.create(CREATE)).rejects.toEqual(code("timeout"));
    await soon(() => expect(host.calls).toContain("create"));
    clock.advance(60);
    await creating;
    letGo();
    expect(await remote.channels()).toHaveLength(1);
  });

  test("time out also when no worker ever answers", async () => {
    const silent: BridgePort = { post: () => {}, onMessage: () => () => {}, onClose: () => () => {}, close: () => {} };
    const remote = connectHost(silent, { requestTimeoutMs: 40 });
    opened.push(remote);
    await expect(remote.channels()).rejects.toEqual(code("timeout"));
  });

  test("by the hundred are all answered, no more at a time than the worker takes", async () => {
    const { host, remote } = bench();
    const channel = remote.open(CHANNEL);
    const ids = Array.from({ length: 1_000 }, (_, index) => `r${index}`);
    const sent = await Promise.all(ids.map((requestId) => channel.send({ requestId, type: "chat", text: "hi" })));
    expect(sent.map(({ id }) => id)).toEqual(ids);
    expect(host.calls).toEqual(ids.map((id) => `send ${id}`));
  });

  test("keep the code and words of an error, and tell nothing of an unforeseen one", async () => {
    const { remote } = bench();
    const refused = remote.open(CHANNEL).send({ requestId: "r1", type: "chat", text: REFUSED });
    await expect(refused).rejects.toMatchObject({ code: "empty", message: "Write something first." });
    const failure = await remote.preview("hearback1").catch((error: unknown) => error);
    expect(failure).toEqual(code("internal"));
    expect(String(failure)).not.toContain("secret");
  });

  test("with a text that is sure to be refused are refused here, and do not cross", async () => {
    const { host, remote } = bench();
    const channel = remote.open(CHANNEL);
    const text = "x".repeat(MAX_TEXT_BYTES + 1);
    await expect(channel.send({ requestId: "r1", type: "chat", text })).rejects.toEqual(code("too-large"));
    await expect(channel.sendEphemeral({ type: "chat", text })).rejects.toEqual(code("too-large"));
    await channel.sendEphemeral({ type: "chat", text: text.slice(1) });
    expect(host.calls).toEqual(["sendEphemeral"]);
  });

  test("of a view that is closed are refused, and it hears nothing any more; other views go on", async () => {
    const { host, remote } = bench();
    const [view, other] = [remote.open(CHANNEL), remote.open(CHANNEL)];
    const heard: string[] = [];
    view.subscribe(0, () => heard.push("event"));
    view.watchStatus(() => heard.push("status"));
    view.watchEphemeral(() => heard.push("ephemeral"));
    const events: ChannelEvent[] = [];
    other.subscribe(0, (event) => events.push(event));
    view.close();
    view.subscribe(0, () => heard.push("event"));
    view.watchStatus(() => heard.push("status"));
    host.emit(2);
    await soon(() => expect(seqs(events)).toEqual([1, 2]));
    expect([heard, host.live()]).toEqual([[], 1]);
    await expect(view.snapshot()).rejects.toEqual(code("closed"));
    expect(host.calls).toEqual([]);
    expect((await other.snapshot()).channel.id).toBe(CHANNEL);
  });

  test("with something that cannot be cloned are refused at once", async () => {
    const { remote } = bench();
    await remote.channels();
    const odd: unknown = { ...CREATE, parameters: { ackWindowMs: () => 1 } };
    await expect(remote.create(odd as typeof CREATE)).rejects.toEqual(code("invalid"));
    expect(await remote.channels()).toEqual([]);
  });
});

describe("subscriptions", () => {
  test("go on after a reconnect where they stopped, with what happened meanwhile", async () => {
    const { host, remote, link, stopWorker, restartWorker, states } = bench();
    const events: ChannelEvent[] = [];
    const statuses: ChannelStatus[] = [];
    const channel = remote.open(CHANNEL);
    channel.subscribe(0, (event) => events.push(event));
    channel.watchStatus((status) => statuses.push(status));
    host.emit(3);
    await soon(() => expect(events).toHaveLength(3));
    for (const interrupt of [() => link().break(), restartWorker]) {
      interrupt();
      host.emit(4);
      await soon(() => expect(events.length % 4).toBe(3));
      host.emit(4);
      await soon(() => expect(states.at(-1)).toBe("connected"));
      await soon(() => expect(events.at(-1)?.seq).toBeGreaterThanOrEqual(11));
    }
    await soon(() => expect(events).toHaveLength(19));
    expect(seqs(events)).toEqual(upTo(19));
    await soon(() => expect(statuses.at(-1)).toEqual(STATUS));
    stopWorker();
  });

  test("of one channel are one at the worker, each listener at its own place", async () => {
    const { host, remote } = bench();
    host.emit(10);
    const [first, second] = [remote.open(CHANNEL), remote.open(CHANNEL)];
    const heard: ChannelEvent[][] = [[], [], []];
    first.subscribe(10, (event) => heard[0]?.push(event));
    await soon(() => expect(host.live()).toBe(1));
    second.subscribe(4, (event) => heard[1]?.push(event));
    const stop = second.subscribe(0, (event) => heard[2]?.push(event));
    host.emit(2);
    await soon(() => expect(heard.map((events) => events.length)).toEqual([2, 8, 12]));
    expect(heard.map(seqs)).toEqual([[11, 12], upTo(12).slice(4), upTo(12)]);
    expect(host.live()).toBe(1);
    stop();
    first.close();
    host.emit(1);
    await soon(() => expect(heard[1]).toHaveLength(9));
    expect(host.live()).toBe(1);
    second.close();
    await soon(() => expect(host.live()).toBe(0));
    expect(heard.map((events) => events.length)).toEqual([2, 9, 12]);
  });

  test("survive ten thousand events with a listener that is slower than they come", async () => {
    const { host, remote } = bench();
    const events: ChannelEvent[] = [];
    remote.open(CHANNEL).subscribe(0, (event) => events.push(event));
    for (let burst = 0; burst < 10; burst++) {
      host.emit(1_000);
      await pause(1);
    }
    await soon(() => expect(events).toHaveLength(10_000));
    expect(seqs(events)).toEqual(upTo(10_000));
  });

  test("survive a port that duplicates everything", async () => {
    const { host, remote } = bench({}, () => "duplicate");
    const events: ChannelEvent[] = [];
    remote.open(CHANNEL).subscribe(0, (event) => events.push(event));
    host.emit(600);
    const created = await Promise.all([remote.create(CREATE), remote.create(CREATE)]);
    expect(new Set(created.map(({ id }) => id)).size).toBe(2);
    await soon(() => expect(events.length).toBeGreaterThanOrEqual(600));
    // The answers to what is asked and what happens now come behind the copies of all that.
    await remote.channels();
    host.emit(1);
    await soon(() => expect(events.length).toBeGreaterThanOrEqual(601));
    expect(seqs(events)).toEqual(upTo(601));
    expect(host.calls.filter((call) => call === "create")).toHaveLength(2);
    expect(host.live()).toBe(1);
  });

  test("ask again for an event that got lost", async () => {
    let lost = 0;
    const losing = (message: unknown): Fault => {
      const isFifth = JSON.stringify(message).includes('"seq":5}');
      return isFifth && lost++ === 0 ? "lose" : "pass";
    };
    const { host, remote } = bench({}, losing);
    const events: ChannelEvent[] = [];
    remote.open(CHANNEL).subscribe(0, (event) => events.push(event));
    await remote.channels();
    host.emit(10);
    await soon(() => expect(events).toHaveLength(10));
    expect(seqs(events)).toEqual(upTo(10));
    expect(lost).toBe(2);
  });

  test("end in a reset where the worker itself has a gap", async () => {
    const losing = (message: unknown): Fault => (JSON.stringify(message).includes('"seq":5}') ? "lose" : "pass");
    const { host, remote } = bench({}, losing);
    const events: ChannelEvent[] = [];
    remote.open(CHANNEL).subscribe(0, (event) => events.push(event));
    host.emit(10);
    await soon(() => expect(events.at(-1)?.seq).toBe(10));
    expect(events.map(({ kind, seq }) => `${kind} ${seq}`)).toEqual(
      [1, 2, 3, 4]
        .map((seq) => `tick ${seq}`)
        .concat(
          ["reset 6"],
          [7, 8, 9, 10].map((seq) => `tick ${seq}`),
        ),
    );
  });

  test("one listener that throws does not keep the others from hearing, and its error is not hidden", async () => {
    const { host, remote } = bench();
    const reported: (() => void)[] = [];
    const real = queueMicrotask;
    vi.spyOn(globalThis, "queueMicrotask").mockImplementation((task) => {
      if (task.toString().includes("throw")) reported.push(task);
      else real(task);
    });
    const heard: number[] = [];
    const channel = remote.open(CHANNEL);
    channel.subscribe(0, () => {
      throw new Error("a listener's own mistake");
    });
    channel.subscribe(0, (event) => heard.push(event.seq));
    host.emit(3);
    await soon(() => expect(heard).toEqual([1, 2, 3]));
    expect(reported).toHaveLength(3);
    expect(reported[0]).toThrow("a listener's own mistake");
  });

  test("deliver the current value at once, also to who watches later", async () => {
    const { host, remote } = bench();
    const lists: number[] = [];
    remote.watchChannels((list) => lists.push(list.length));
    await soon(() => expect(lists).toEqual([0]));
    await remote.create(CREATE);
    await soon(() => expect(lists).toEqual([0, 1]));
    const late: number[] = [];
    remote.watchChannels((list) => late.push(list.length));
    expect(late).toEqual([1]);
    expect(host.live()).toBe(1);
  });
});

describe("the connection", () => {
  test("that cannot be had again fails everything, now and later", async () => {
    const { host, remote, stopWorker, states } = bench();
    const statuses: ChannelStatus[] = [];
    remote.open(CHANNEL).watchStatus((status) => statuses.push(status));
    await remote.channels();
    host.hold();
    const pending = [remote.channels(), remote.create(CREATE)].map((asked) =>
      expect(asked).rejects.toEqual(code("disconnected")),
    );
    stopWorker();
    await Promise.all(pending);
    expect(states).toEqual(["connected", "reconnecting", "lost"]);
    await expect(remote.channels()).rejects.toEqual(code("disconnected"));
    expect(statuses.at(-1)).toMatchObject({ connection: "closed", peers: 0 });
    expect(statuses.at(-1)?.reason).toContain("Reload");
  });

  test("over one port ends with it", async () => {
    const host = createTestHost();
    const link = breakableLink();
    const stop = createHostServer(host).serve(link.worker);
    const states: string[] = [];
    const remote = connectHost(link.page, { onState: ({ kind }) => states.push(kind) });
    await remote.channels();
    host.hold();
    const pending = expect(remote.channels()).rejects.toEqual(code("disconnected"));
    stop();
    await pending;
    expect(states).toEqual(["connected", "lost"]);
  });

  test("tells who watches the status that the worker is away, once it is away for long", async () => {
    const { remote, link, host } = bench({
      reconnect: { ...FAST, firstDelayMs: 1_500, maxDelayMs: 1_500 },
      random: { ...systemRandom, next: () => 1 },
    });
    const statuses: ChannelStatus[] = [];
    remote.open(CHANNEL).watchStatus((status) => statuses.push(status));
    host.setStatus({ ...STATUS, waiting: 3 });
    await soon(() => expect(statuses.at(-1)?.waiting).toBe(3));
    link().break();
    const away = () => statuses.find(({ connection }) => connection === "connecting");
    await soon(() => expect(away()).toMatchObject({ peers: 0, waiting: 3 }));
    await soon(() => expect(statuses.at(-1)).toEqual({ ...STATUS, waiting: 3 }));
  });

  describe("of which who watches the status hears", () => {
    const AWAY = "Hearback is starting again in the background.";

    /** Ports in the test's own hands, on a virtual clock. */
    function handBench() {
      const clock = createVirtualClock(0);
      const ports: HandPort[] = [];
      const remote = connectHost(
        () => {
          const port = handPort();
          ports.push(port);
          return port;
        },
        { reconnect: { ...FAST, firstDelayMs: 500, maxDelayMs: 500, helloTimeoutMs: 60_000 }, clock, random: FIRST },
      );
      opened.push(remote);
      const heard: (readonly [string, string])[] = [];
      const watch = () =>
        remote.open(CHANNEL).watchStatus(({ connection, reason }) => heard.push([connection, reason]));
      const port = () => ports.at(-1) ?? handPort();
      const welcome = () => port().say({ kind: "welcome", server: "run" });
      /** The worker says the status of the newest subscription. */
      const tell = (status: ChannelStatus) => {
        const asked = port().posted.filter(isSubscription).at(-1);
        port().say({ kind: "status", stream: asked?.stream ?? 0, status });
      };
      return { clock, remote, heard, watch, port, welcome, tell };
    }
    const FIRST = { ...systemRandom, next: () => 1 };
    const isSubscription = (message: unknown): message is { stream: number } =>
      typeof message === "object" && message !== null && "kind" in message && message.kind === "subscribe";

    test("nothing, when the worker is back within a second", () => {
      const { clock, heard, watch, port, welcome, tell } = handBench();
      welcome();
      watch();
      tell(STATUS);
      port().end();
      clock.advance(500);
      welcome();
      tell({ ...STATUS, waiting: 1 });
      clock.advance(2_000);
      expect(heard).toEqual([
        ["online", ""],
        ["online", ""],
      ]);
    });

    test("after a second that it is away, once, and so does who begins to watch then; until it is back", () => {
      const { clock, heard, watch, port, welcome, tell, remote } = handBench();
      welcome();
      watch();
      tell(STATUS);
      port().end();
      clock.advance(500);
      // The next port is dialled, and says nothing.
      clock.advance(499);
      expect(heard).toHaveLength(1);
      clock.advance(1);
      expect(heard.slice(1)).toEqual([["connecting", AWAY]]);
      const late: string[] = [];
      const other = remote.open(asChannelId("CCCCCCCCCCCCCCCCCCCCCC"));
      other.watchStatus(({ connection, reason }) => late.push(`${connection} ${reason}`));
      expect(late).toEqual([`connecting ${AWAY}`]);
      welcome();
      remote.open(asChannelId("DDDDDDDDDDDDDDDDDDDDDD")).watchStatus(({ connection }) => late.push(connection));
      expect(late).toHaveLength(1);
      clock.advance(10_000);
      expect(heard).toHaveLength(2);
    });

    test("the end, at once and for good", async () => {
      const { clock, heard, watch, port, remote } = handBench();
      watch();
      port().say({ kind: "unsupported", speaks: 9, message: "Reload the page." });
      clock.advance(10_000);
      expect(heard).toEqual([["closed", "Reload the page."]]);
      watch();
      expect(heard.slice(1)).toEqual([["closed", "Reload the page."]]);
      await expect(remote.channels()).rejects.toEqual(code("unsupported"));
    });

    test("that the worker cannot serve this channel any more, with its words", () => {
      const { heard, watch, port, welcome, tell } = handBench();
      welcome();
      watch();
      tell({ ...STATUS, waiting: 2 });
      const { stream } = port().posted.filter(isSubscription).at(-1) ?? { stream: 0 };
      port().say({ kind: "ended", stream, error: { code: "not-found", message: "There is no such channel." } });
      expect(heard).toEqual([
        ["online", ""],
        ["closed", "There is no such channel."],
      ]);
    });
  });

  test("goes on with a new port when a worker dies without a word", async () => {
    const { remote, link, links, host } = bench({ pingMs: 25 });
    const events: ChannelEvent[] = [];
    remote.open(CHANNEL).subscribe(0, (event) => events.push(event));
    await remote.channels();
    link().freeze();
    host.emit(2);
    expect(await remote.channels()).toEqual([]);
    await soon(() => expect(seqs(events)).toEqual([1, 2]));
    expect(links.length).toBeGreaterThanOrEqual(2);
  });

  test("over one port that falls silent says so, and goes on when it is heard again", async () => {
    const host = createTestHost();
    const link = breakableLink();
    createHostServer(host).serve(link.worker);
    const states: string[] = [];
    const clock = createVirtualClock(0);
    const remote = connectHost(link.page, { pingMs: 20, clock, onState: ({ kind }) => states.push(kind) });
    opened.push(remote);
    const statuses: ChannelStatus[] = [];
    const events: ChannelEvent[] = [];
    remote.open(CHANNEL).watchStatus((status) => statuses.push(status));
    remote.open(CHANNEL).subscribe(0, (event) => events.push(event));
    await soon(() => expect(statuses).toEqual([STATUS]));
    link.freeze();
    const asked = remote.channels();
    clock.advance(1_100);
    expect(statuses.at(-1)?.connection).toBe("connecting");
    expect(states).toEqual(["connected", "silent"]);
    host.emit(2);
    link.thaw();
    expect(await asked).toEqual([]);
    await soon(() => expect(states).toEqual(["connected", "silent", "connected"]));
    await soon(() => expect(statuses.at(-1)).toEqual(STATUS));
    await soon(() => expect(seqs(events)).toEqual([1, 2]));
  });

  test("that the page closes fails what is pending, and leaves nothing at the worker", async () => {
    const { host, remote } = bench();
    const channel = remote.open(CHANNEL);
    channel.subscribe(0, () => {});
    channel.watchStatus(() => {});
    remote.watchChannels(() => {});
    await soon(() => expect(host.live()).toBe(3));
    host.hold();
    const pending = expect(channel.snapshot()).rejects.toEqual(code("closed"));
    await remote.close();
    await pending;
    await soon(() => expect(host.live()).toBe(0));
    await expect(remote.channels()).rejects.toEqual(code("closed"));
    await expect(channel.snapshot()).rejects.toEqual(code("closed"));
  });

  test("that breaks leaves nothing at the worker", async () => {
    const { host, remote, stopWorker } = bench();
    remote.open(CHANNEL).subscribe(0, () => {});
    remote.watchChannels(() => {});
    await soon(() => expect(host.live()).toBe(2));
    stopWorker();
    await soon(() => expect(host.live()).toBe(0));
  });
});
