import { describe, expect, test } from "vitest";
import { systemRandom } from "../../runtime/system-random.ts";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import type { ServerMessage } from "../protocol/protocol.ts";
import { BRIDGE_VERSION } from "../protocol/protocol.ts";
import { type HandPort, handPort } from "../testing/hand-port.ts";
import { createConnection, type ReconnectPolicy } from "./connection.ts";
import type { ConnectionState } from "./connection-state.ts";

const PING_MS = 20_000;
const POLICY: ReconnectPolicy = { firstDelayMs: 50, maxDelayMs: 5_000, attempts: 14, helloTimeoutMs: 10_000 };
const HELLO = { v: BRIDGE_VERSION, kind: "hello", client: "page" };
const WELCOME = { kind: "welcome", server: "run 1" };

/** A page that connects over ports which the test answers by hand. `open` may throw, as for a worker that is gone. */
function bench({
  reconnect = POLICY as ReconnectPolicy | null,
  random = 1,
  open = (): HandPort => handPort(),
}: {
  reconnect?: ReconnectPolicy | null;
  random?: number;
  open?: () => HandPort;
} = {}) {
  const clock = createVirtualClock(1_000_000);
  const ports: HandPort[] = [];
  const dialled: number[] = [];
  const states: ConnectionState[] = [];
  const welcomes: string[] = [];
  const messages: ServerMessage[] = [];
  let opener = open;
  const connection = createConnection({
    openPort() {
      dialled.push(clock.now());
      const port = opener();
      ports.push(port);
      return port;
    },
    reconnect,
    pingMs: PING_MS,
    client: "page",
    clock,
    random: { ...systemRandom, next: () => random },
    onState: (state) => states.push(state),
    onWelcome: (server) => welcomes.push(server),
    onMessage: (message) => messages.push(message),
  });
  const port = (): HandPort => {
    const last = ports.at(-1);
    if (last === undefined) throw new Error("No port was opened.");
    return last;
  };
  return {
    ...{ clock, ports, dialled, states, welcomes, messages, connection, port },
    kinds: () => states.map(({ kind }) => kind),
    failFromNow: () => {
      opener = () => {
        throw new Error("No worker.");
      };
    },
  };
}

/** Time between one dialling and the next. */
const pauses = (times: readonly number[]) => times.slice(1).map((at, index) => at - (times[index] ?? 0));

describe("dialling", () => {
  test("greets on the port, and nothing else before the welcome", () => {
    const { port, connection, kinds, welcomes } = bench();
    connection.post({ v: BRIDGE_VERSION, kind: "ping", nonce: 7 });
    expect(port().posted).toEqual([HELLO]);
    expect(connection.state()).toEqual({ kind: "connecting" });
    port().say(WELCOME);
    connection.post({ v: BRIDGE_VERSION, kind: "ping", nonce: 7 });
    expect(port().posted).toEqual([HELLO, { v: BRIDGE_VERSION, kind: "ping", nonce: 7 }]);
    expect([kinds(), welcomes]).toEqual([["connected"], ["run 1"]]);
  });

  test("is given up after so many failures in a row, and before the first answer it is called connecting", () => {
    const { dialled, clock, kinds, connection } = bench({
      open: () => {
        throw new Error("No worker.");
      },
    });
    clock.advance(10 * 60_000);
    expect(dialled).toHaveLength(POLICY.attempts);
    expect(kinds()).toEqual(["lost"]);
    expect(connection.state()).toEqual({ kind: "lost" });
    expect(clock.pending).toBe(0);
  });

  test.each([
    [1, 1],
    [0, 0.5],
  ])("waits twice as long after each failure, up to the limit (random %f: times %f)", (random, factor) => {
    const { dialled, clock } = bench({
      random,
      open: () => {
        throw new Error("No worker.");
      },
    });
    clock.advance(10 * 60_000);
    const whole = [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000];
    expect(pauses(dialled)).toEqual(whole.map((ms) => ms * factor));
  });

  test("ends for a worker that died for good after a good connection", () => {
    const { port, clock, dialled, kinds, failFromNow } = bench();
    port().say(WELCOME);
    clock.advance(3_000);
    failFromNow();
    port().end();
    clock.advance(60 * 60_000);
    // The end of the good connection is the first failure.
    expect(dialled).toHaveLength(POLICY.attempts);
    expect(kinds()).toEqual(["connected", "reconnecting", "lost"]);
  });

  test.each([
    ["ends for a worker that welcomes and dies at once, again and again", 1_999, true],
    ["goes on for one that was there for two seconds each time", 2_000, false],
  ])("%s", (_, livesMs, ends) => {
    const { port, ports, clock, kinds } = bench();
    for (let life = 0; life < 3 * POLICY.attempts && kinds().at(-1) !== "lost"; life++) {
      const opened = ports.length;
      port().say(WELCOME);
      clock.advance(livesMs);
      port().end();
      // Shorter than a hello may take, longer than any pause.
      clock.advance(POLICY.maxDelayMs);
      if (kinds().at(-1) !== "lost") expect(ports.length).toBe(opened + 1);
    }
    expect(kinds().at(-1)).toBe(ends ? "lost" : "reconnecting");
    expect(ports.length).toBe(ends ? POLICY.attempts : 3 * POLICY.attempts + 1);
  });

  test("goes on with the next port when one is silent after the hello; what that one says later counts for nothing", () => {
    const { port, ports, clock, kinds, welcomes } = bench();
    const first = port();
    clock.advance(POLICY.helloTimeoutMs - 1);
    expect(first.isClosed).toBe(false);
    clock.advance(1);
    expect(first.isClosed).toBe(true);
    clock.advance(POLICY.firstDelayMs);
    expect(ports).toHaveLength(2);
    first.say(WELCOME);
    first.end();
    expect([kinds(), welcomes]).toEqual([[], []]);
    port().say({ kind: "welcome", server: "run 2" });
    expect([kinds(), welcomes]).toEqual([["connected"], ["run 2"]]);
    first.say({ kind: "bye" });
    expect(kinds()).toEqual(["connected"]);
  });

  test("goes on at once, as after a port that closed, when the worker says goodbye", () => {
    const { port, ports, clock, kinds } = bench();
    port().say(WELCOME);
    const first = port();
    first.say({ kind: "bye" });
    expect(first.isClosed).toBe(true);
    expect(kinds()).toEqual(["connected", "reconnecting"]);
    clock.advance(POLICY.firstDelayMs);
    expect(ports).toHaveLength(2);
    expect(port().posted).toEqual([HELLO]);
  });

  test("over one port does not happen again: its end is the end, and its silence is not", () => {
    const { port, ports, clock, kinds } = bench({ reconnect: null });
    clock.advance(60 * 60_000);
    expect(kinds()).toEqual([]);
    port().say(WELCOME);
    port().end();
    clock.advance(60 * 60_000);
    expect(ports).toHaveLength(1);
    expect(kinds()).toEqual(["connected", "lost"]);
  });
});

describe("pings", () => {
  const pings = (port: HandPort) => port.posted.filter((message) => message !== HELLO).slice(1);

  test("are said every so often from the welcome on, each with a number of its own", () => {
    const { port, clock } = bench();
    port().say(WELCOME);
    for (let nonce = 0; nonce < 3; nonce++) {
      clock.advance(PING_MS - 1);
      expect(pings(port())).toHaveLength(nonce);
      clock.advance(1);
      expect(pings(port()).at(-1)).toEqual({ v: BRIDGE_VERSION, kind: "ping", nonce });
      port().say({ kind: "pong", nonce });
    }
  });

  test("two of which got no word at all end the port; one does not, and any word is one", () => {
    const { port, clock, kinds } = bench();
    port().say(WELCOME);
    const first = port();
    // The welcome was the word before the first ping.
    clock.advance(PING_MS);
    clock.advance(PING_MS);
    expect(kinds()).toEqual(["connected"]);
    first.say({ kind: "response", id: 99, ok: true, result: null });
    clock.advance(PING_MS);
    clock.advance(PING_MS);
    expect(kinds()).toEqual(["connected"]);
    clock.advance(PING_MS);
    expect(kinds()).toEqual(["connected", "reconnecting"]);
    expect(first.isClosed).toBe(true);
  });

  test("of one port go on while it is silent, and its first word is answered by one greeting", () => {
    const { port, clock, kinds, welcomes } = bench({ reconnect: null });
    port().say(WELCOME);
    clock.advance(4 * PING_MS);
    expect(kinds()).toEqual(["connected", "silent"]);
    expect(port().isClosed).toBe(false);
    const before = port().posted.length;
    for (const nonce of [0, 1, 2]) port().say({ kind: "pong", nonce });
    expect(port().posted.slice(before)).toEqual([HELLO]);
    port().say(WELCOME);
    expect(kinds()).toEqual(["connected", "silent", "connected"]);
    expect(welcomes).toEqual(["run 1", "run 1"]);
    // It may fall silent, and come back, again.
    clock.advance(4 * PING_MS);
    expect(kinds().at(-1)).toBe("silent");
    const later = port().posted.length;
    port().say({ kind: "invalid", error: { code: "invalid", message: "What?" } });
    expect(port().posted.slice(later)).toEqual([HELLO]);
  });
});

describe("the end", () => {
  test("comes with a worker of another version, and nobody is dialled any more", () => {
    const endings = [
      { v: BRIDGE_VERSION + 1, kind: "welcome", server: "run 1" },
      { kind: "unsupported", speaks: 2, message: "Reload the page." },
    ];
    for (const ending of endings) {
      const { port, ports, clock, kinds, connection } = bench();
      port().say(ending);
      clock.advance(60 * 60_000);
      expect(kinds()).toEqual(["incompatible"]);
      expect(connection.state()).toMatchObject({ reason: expect.stringMatching(/eload/) });
      expect([ports.length, port().isClosed, clock.pending]).toEqual([1, true, 0]);
    }
  });

  test("comes when the page closes: goodbye, no timer, no word any more", () => {
    const { port, clock, kinds, connection } = bench();
    port().say(WELCOME);
    connection.close();
    connection.close();
    connection.post({ v: BRIDGE_VERSION, kind: "ping", nonce: 1 });
    expect(port().posted).toEqual([HELLO, { v: BRIDGE_VERSION, kind: "bye" }]);
    expect([port().isClosed, clock.pending]).toEqual([true, 0]);
    port().say(WELCOME);
    port().end();
    expect(kinds()).toEqual(["connected", "closed"]);
  });

  test("also comes between two ports", () => {
    const { port, ports, clock, kinds, connection } = bench();
    port().say(WELCOME);
    port().end();
    connection.close();
    clock.advance(60 * 60_000);
    expect([ports.length, clock.pending]).toEqual([1, 0]);
    expect(kinds()).toEqual(["connected", "reconnecting", "closed"]);
  });
});

describe("an answer that cannot be read", () => {
  test("settles its request; what has no id is only heard", () => {
    const { port, messages } = bench();
    port().say(WELCOME);
    port().say({ kind: "response", id: 7, ok: "perhaps" });
    port().say({ kind: "response", ok: true });
    port().say({ kind: "unheard of" });
    expect(messages).toEqual([{ v: BRIDGE_VERSION, kind: "response", id: 7, ok: false, error: expect.anything() }]);
    expect(messages[0]).toMatchObject({ error: { code: "internal" } });
  });

  test("and items of subscriptions and answers are passed on as they come", () => {
    const { port, messages } = bench();
    port().say(WELCOME);
    const items = [
      { kind: "response", id: 1, ok: true, result: [] },
      { kind: "event", stream: 1, event: { kind: "tick", seq: 1 } },
      { kind: "channels", stream: 2, channels: [] },
      { kind: "ended", stream: 3, error: { code: "closed", message: "Closed." } },
    ];
    for (const item of items) port().say(item);
    expect(messages).toEqual(items.map((item) => ({ v: BRIDGE_VERSION, ...item })));
  });
});
