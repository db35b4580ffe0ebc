import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ChannelError } from "../../channel/api/channel-client.ts";
import { BRIDGE_VERSION, EVENT_WINDOW, MAX_RUNNING, MAX_STREAMS } from "../protocol/protocol.ts";
import { type RawEnd, rawEnd } from "../testing/raw-end.ts";
import { CHANNEL, CREATE, createTestHost, REFUSED, STATUS, type TestHost } from "../testing/test-host.ts";
import { createHostServer, serveHost } from "./serve-host.ts";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A page that speaks the protocol by hand, to a server of the test host. */
async function greeted(host: TestHost = createTestHost(), client = "a page"): Promise<RawEnd> {
  const { raw, port } = rawEnd();
  stops.push(serveHost(port, host), () => raw.close());
  raw.post({ v: BRIDGE_VERSION, kind: "hello", client });
  await raw.next("welcome");
  return raw;
}

const request = (id: number, method: string, params: unknown = {}, more: object = {}) => ({
  v: BRIDGE_VERSION,
  kind: "request",
  id,
  method,
  params,
  ...more,
});
const errorOf = async (raw: RawEnd, id: number) => (await raw.next("response", (message) => message.id === id)).error;

describe("what is no message", () => {
  const values = fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withTypedArray: true });
  const nearMisses = fc.record(
    {
      v: fc.oneof(fc.constant(1), fc.constant(1), fc.integer(), values),
      kind: fc.oneof(
        fc.constantFrom("request", "subscribe", "unsubscribe", "received", "ping", "response", "event", "hello "),
        values,
      ),
      id: fc.oneof(fc.nat(), values),
      method: fc.oneof(
        fc.constantFrom("channels", "create", "preview", "join", "leave", "snapshot", "page", "send", "markRead"),
        fc.constantFrom("constructor", "__proto__", "toString", "close", "open", "watchChannels"),
        values,
      ),
      channel: fc.oneof(fc.constant(CHANNEL), values),
      params: fc.oneof(fc.record({ requestId: values, text: values, id: values, limit: values }), values),
      stream: fc.oneof(fc.nat(5), values),
      topic: fc.oneof(fc.record({ kind: fc.constantFrom("events", "status", "x"), afterSeq: values }), values),
      count: fc.oneof(fc.nat(), values),
    },
    { requiredKeys: [] },
  );

  test("is answered or ignored, never thrown at, and the session goes on", async () => {
    const raw = await greeted();
    let pings = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(values, nearMisses), { maxLength: 20 }), async (messages) => {
        for (const message of messages) raw.post(message);
        const nonce = ++pings;
        raw.post({ v: BRIDGE_VERSION, kind: "ping", nonce });
        await raw.next("pong", (message) => message.nonce === nonce);
      }),
      { numRuns: 150 },
    );
    expect(raw.received.some(({ kind }) => kind === "invalid")).toBe(true);
  });

  test.each<[string, unknown]>([
    ["an unknown method", request(7, "format")],
    ["a method that every object has", request(7, "constructor")],
    ["no parameters", { v: BRIDGE_VERSION, kind: "request", id: 7, method: "create" }],
    ["parameters of another method", request(7, "create", { invite: "x" })],
    ["a channel method without a channel", request(7, "snapshot", { limit: null })],
    ["a channel that is no string", request(7, "snapshot", { limit: null }, { channel: 5 })],
    ["a limit that is no number", request(7, "snapshot", { limit: "9" }, { channel: CHANNEL })],
    [
      "a message type that there is not",
      request(7, "send", { requestId: "r", type: "void", text: "x" }, { channel: CHANNEL }),
    ],
    [
      "too many parameters",
      request(7, "create", {
        ...CREATE,
        parameters: Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`p${at}`, 1])),
      }),
    ],
    ["a name of a megabyte", request(7, "create", { ...CREATE, name: "x".repeat(1_000_000) })],
    [
      "a text of ten megabytes",
      request(7, "send", { requestId: "r", type: "chat", text: "x".repeat(10_000_000) }, { channel: CHANNEL }),
    ],
    ["parameters from a prototype", request(7, "leave", Object.create({ channel: CHANNEL }))],
    ["another version in a request", { ...request(7, "channels"), v: BRIDGE_VERSION + 1 }],
  ])("%s: refused as invalid, under its id, and not done", async (_, message) => {
    const host = createTestHost();
    const raw = await greeted(host);
    raw.post(message);
    expect(await errorOf(raw, 7)).toMatchObject({ code: "invalid" });
    expect(host.calls).toEqual([]);
  });

  test("before the hello nothing is done", async () => {
    const host = createTestHost();
    const { raw, port } = rawEnd();
    stops.push(serveHost(port, host));
    raw.post(request(1, "create", CREATE));
    raw.post({ v: BRIDGE_VERSION, kind: "subscribe", stream: 1, topic: { kind: "channels" } });
    expect(await errorOf(raw, 1)).toMatchObject({ code: "invalid" });
    await raw.next("invalid");
    expect([host.calls, host.live()]).toEqual([[], 0]);
  });
});

describe("limits", () => {
  test("requests at a time", async () => {
    const host = createTestHost();
    const raw = await greeted(host);
    const letGo = host.hold();
    for (let id = 1; id <= MAX_RUNNING + 5; id++) raw.post(request(id, "channels"));
    await raw.settled();
    letGo();
    await raw.next("response", ({ id }) => id === MAX_RUNNING);
    const refused = raw.received.filter(({ kind, ok }) => kind === "response" && ok === false);
    expect(refused.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5].map((over) => MAX_RUNNING + over));
    expect(host.calls).toHaveLength(MAX_RUNNING);
    raw.post(request(1_000, "channels"));
    expect((await raw.next("response", ({ id }) => id === 1_000)).ok).toBe(true);
  });

  test("subscriptions at a time", async () => {
    const host = createTestHost();
    const raw = await greeted(host);
    for (let stream = 1; stream <= MAX_STREAMS + 1; stream++) {
      raw.post({ v: BRIDGE_VERSION, kind: "subscribe", stream, topic: { kind: "status", channel: CHANNEL } });
    }
    const ended = await raw.next("ended");
    expect([ended.stream, host.live()]).toEqual([MAX_STREAMS + 1, MAX_STREAMS]);
  });

  test("events under way: a page that does not take them costs nothing, and catches up without a gap", async () => {
    const host = createTestHost();
    const raw = await greeted(host);
    raw.post({
      v: BRIDGE_VERSION,
      kind: "subscribe",
      stream: 1,
      topic: { kind: "events", channel: CHANNEL, afterSeq: 0 },
    });
    await raw.settled();
    host.emit(5_000);
    await raw.settled();
    const seqs = () =>
      raw.received.flatMap(({ event }) => (event === undefined ? [] : [(event as { seq: number }).seq]));
    expect(seqs()).toHaveLength(EVENT_WINDOW);
    expect(host.live()).toBe(0);
    raw.post({ v: BRIDGE_VERSION, kind: "received", stream: 1, count: EVENT_WINDOW / 2 - 1 });
    await raw.settled();
    expect(seqs()).toHaveLength(EVENT_WINDOW);
    raw.post({ v: BRIDGE_VERSION, kind: "received", stream: 1, count: 1 });
    await raw.next("event", ({ event }) => (event as { seq: number }).seq === EVENT_WINDOW + EVENT_WINDOW / 2);
    await raw.settled();
    expect(seqs()).toEqual(Array.from({ length: EVENT_WINDOW * 1.5 }, (_, index) => index + 1));
    raw.post({ v: BRIDGE_VERSION, kind: "unsubscribe", stream: 1 });
    raw.post({ v: BRIDGE_VERSION, kind: "received", stream: 1, count: 1_000 });
    await raw.settled();
    expect([seqs().length, host.live()]).toEqual([EVENT_WINDOW * 1.5, 0]);
  });

  test("status under way: one, and then only the latest", async () => {
    const host = createTestHost();
    const raw = await greeted(host);
    raw.post({ v: BRIDGE_VERSION, kind: "subscribe", stream: 1, topic: { kind: "status", channel: CHANNEL } });
    await raw.next("status");
    for (let waiting = 1; waiting <= 100; waiting++) host.setStatus({ ...STATUS, waiting });
    await raw.settled();
    const waitings = () =>
      raw.received.flatMap(({ status }) => (status === undefined ? [] : [(status as typeof STATUS).waiting]));
    expect(waitings()).toEqual([0]);
    raw.post({ v: BRIDGE_VERSION, kind: "received", stream: 1, count: 1 });
    await raw.settled();
    expect(waitings()).toEqual([0, 100]);
  });
});

describe("a second hello on the same port", () => {
  test("starts over with nothing subscribed, under the new name", async () => {
    const host = createTestHost();
    const raw = await greeted(host, "page one");
    raw.post({
      v: BRIDGE_VERSION,
      kind: "subscribe",
      stream: 1,
      topic: { kind: "events", channel: CHANNEL, afterSeq: 0 },
    });
    raw.post({ v: BRIDGE_VERSION, kind: "subscribe", stream: 2, topic: { kind: "status", channel: CHANNEL } });
    raw.post({ v: BRIDGE_VERSION, kind: "subscribe", stream: 3, topic: { kind: "channels" } });
    raw.post(request(1, "create", CREATE));
    const created = await raw.next("response");
    expect(host.live()).toBe(3);
    raw.post({ v: BRIDGE_VERSION, kind: "hello", client: "page two" });
    raw.post({ v: BRIDGE_VERSION, kind: "ping", nonce: 1 });
    await raw.next("pong");
    expect(host.live()).toBe(0);
    // A number of before may be used again, and a request id means another request.
    raw.post({
      v: BRIDGE_VERSION,
      kind: "subscribe",
      stream: 1,
      topic: { kind: "events", channel: CHANNEL, afterSeq: 0 },
    });
    raw.post(request(1, "create", CREATE));
    const [, second] = await soonTwo(raw);
    expect(second?.result).not.toEqual(created.result);
    expect(host.live()).toBe(1);
  });

  async function soonTwo(raw: RawEnd) {
    const responses = () => raw.received.filter(({ kind }) => kind === "response");
    await vi.waitFor(() => expect(responses()).toHaveLength(2), 10_000);
    return responses();
  }
});

describe("subscriptions", () => {
  const topic = { kind: "status", channel: CHANNEL } as const;

  test("of a number that is in use change nothing; an end makes it free, and room for another", async () => {
    const host = createTestHost();
    const raw = await greeted(host);
    const subscribe = (stream: number) => raw.post({ v: BRIDGE_VERSION, kind: "subscribe", stream, topic });
    for (let stream = 1; stream <= MAX_STREAMS; stream++) subscribe(stream);
    subscribe(1);
    raw.post({ v: BRIDGE_VERSION, kind: "ping", nonce: 1 });
    await raw.next("pong");
    expect(host.live()).toBe(MAX_STREAMS);
    expect(raw.received.some(({ kind }) => kind === "ended")).toBe(false);
    for (const stream of [1, 1, 9_999]) raw.post({ v: BRIDGE_VERSION, kind: "unsubscribe", stream });
    subscribe(9_999);
    subscribe(1);
    expect((await raw.next("ended")).stream).toBe(1);
    expect(host.live()).toBe(MAX_STREAMS);
  });

  test("that the host cannot serve end with its words, and take nobody's place", async () => {
    const host: TestHost = {
      ...createTestHost(),
      open: () => {
        throw new ChannelError("not-found", "There is no such channel.");
      },
    };
    const raw = await greeted(host);
    for (let stream = 1; stream <= MAX_STREAMS; stream++)
      raw.post({ v: BRIDGE_VERSION, kind: "subscribe", stream, topic });
    raw.post({ v: BRIDGE_VERSION, kind: "subscribe", stream: 9_999, topic: { kind: "channels" } });
    expect(await raw.next("ended")).toMatchObject({ error: { code: "not-found" } });
    expect((await raw.next("channels")).stream).toBe(9_999);
  });
});

describe("a request of a channel", () => {
  test.each(["is answered", "fails"])("leaves no view of it open when it %s", async (how) => {
    const host = createTestHost();
    let views = 0;
    const counted: TestHost = {
      ...host,
      open(channel) {
        views++;
        const client = host.open(channel);
        return {
          ...client,
          close() {
            views--;
            client.close();
          },
        };
      },
    };
    const raw = await greeted(counted);
    raw.post(
      request(
        1,
        "send",
        { requestId: "r", type: "chat", text: how === "fails" ? REFUSED : "hi" },
        { channel: CHANNEL },
      ),
    );
    expect((await raw.next("response")).ok).toBe(how !== "fails");
    expect(views).toBe(0);
  });
});

describe("a request that comes again", () => {
  test("on another port of the same client gets the first answer", async () => {
    const host = createTestHost();
    const first = await greeted(host, "page one");
    first.post(request(1, "create", CREATE));
    const answer = await first.next("response");
    first.close();
    const second = await greeted(host, "page one");
    second.post(request(1, "create", CREATE));
    expect(await second.next("response")).toEqual(answer);
    const stranger = await greeted(host, "page two");
    stranger.post(request(1, "create", CREATE));
    expect(await stranger.next("response")).not.toEqual(answer);
    expect(host.calls).toEqual(["create", "create"]);
  });
});

describe("another request under an id that was used", () => {
  test("is refused and not done, on any port of the same client", async () => {
    const host = createTestHost();
    const first = await greeted(host, "page one");
    const say = (text: string) => request(1, "send", { requestId: text, type: "chat", text }, { channel: CHANNEL });
    first.post(say("one"));
    expect((await first.next("response")).ok).toBe(true);
    const second = await greeted(host, "page one");
    second.post(say("two"));
    expect(await errorOf(second, 1)).toMatchObject({ code: "invalid" });
    expect(host.calls).toEqual(["send one"]);
  });
});

describe("versions", () => {
  test.each([0, BRIDGE_VERSION - 1, BRIDGE_VERSION + 1, 9])(
    "a page of version %i is told what to do",
    async (version) => {
      const { raw, port } = rawEnd();
      stops.push(serveHost(port, createTestHost()));
      raw.post({ v: version, kind: "hello", client: "a page", extra: true });
      const answer = await raw.next("unsupported");
      expect(answer).toMatchObject({ v: BRIDGE_VERSION, speaks: BRIDGE_VERSION });
      expect(answer.message).toMatch(version < BRIDGE_VERSION ? /Reload it/ : /newer/);
    },
  );
});

describe("stopping", () => {
  test("a server that closes says goodbye on every port and releases everything", async () => {
    const host = createTestHost();
    const server = createHostServer(host);
    const ends = [rawEnd(), rawEnd()];
    for (const { raw, port } of ends) {
      server.serve(port);
      raw.post({ v: BRIDGE_VERSION, kind: "hello", client: "a page" });
      raw.post({
        v: BRIDGE_VERSION,
        kind: "subscribe",
        stream: 1,
        topic: { kind: "events", channel: CHANNEL, afterSeq: 0 },
      });
      raw.post({ v: BRIDGE_VERSION, kind: "subscribe", stream: 2, topic: { kind: "channels" } });
      await raw.next("channels");
    }
    expect(host.live()).toBe(4);
    server.close();
    for (const { raw } of ends) await raw.next("bye");
    expect(host.live()).toBe(0);
  });

  test("a page that says goodbye leaves nothing, though its request still runs", async () => {
    const host = createTestHost();
    const raw = await greeted(host);
    const letGo = host.hold();
    raw.post(request(1, "snapshot", { limit: null }, { channel: CHANNEL }));
    raw.post({ v: BRIDGE_VERSION, kind: "subscribe", stream: 1, topic: { kind: "status", channel: CHANNEL } });
    await raw.next("status");
    raw.post({ v: BRIDGE_VERSION, kind: "bye" });
    await raw.closed;
    expect(host.live()).toBe(0);
    letGo();
    // Asked later, so the page's request is done by then.
    await host.channels();
    expect(raw.received.some(({ kind }) => kind === "response")).toBe(false);
  });
});
