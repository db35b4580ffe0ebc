import { expect, test } from "vitest";
import { connectHost } from "../client/connect-host.ts";
import type { ConnectionState } from "../client/connection-state.ts";
import { rawEnd } from "../testing/raw-end.ts";
import { BRIDGE_VERSION } from "./protocol.ts";

const NEVER = { firstDelayMs: 1, maxDelayMs: 1, attempts: 3, helloTimeoutMs: 1_000 };

test.each([
  { worker: BRIDGE_VERSION + 1, says: /Reload it/ },
  { worker: BRIDGE_VERSION - 1, says: /newer/ },
])("a worker of version $worker: every request says so, and no further port is tried", async ({ worker, says }) => {
  const states: ConnectionState[] = [];
  let ports = 0;
  const openPort = () => {
    ports++;
    const { raw, port } = rawEnd();
    raw.post({ v: worker, kind: "unsupported", speaks: worker, message: "in the words of that version" });
    return port;
  };
  const remote = connectHost(openPort, { reconnect: NEVER, onState: (state) => states.push(state) });
  await expect(remote.channels()).rejects.toMatchObject({ code: "unsupported", message: expect.stringMatching(says) });
  await expect(remote.channels()).rejects.toMatchObject({ code: "unsupported" });
  expect([ports, states.map(({ kind }) => kind)]).toEqual([1, ["incompatible"]]);
});

test("a worker of another version that just greets is told apart as well", async () => {
  const { raw, port } = rawEnd();
  const remote = connectHost(port);
  await raw.next("hello");
  raw.post({ v: BRIDGE_VERSION + 1, kind: "welcome", server: { of: "another form" } });
  await expect(remote.channels()).rejects.toMatchObject({ code: "unsupported" });
});

test("a stray message of somebody else ends nothing", async () => {
  const { raw, port } = rawEnd();
  const remote = connectHost(port);
  const { client } = await raw.next("hello");
  expect(client).toMatch(/^[0-9a-f]{32}$/);
  for (const stray of [
    { v: 7, kind: "init" },
    "webpack",
    null,
    { type: "__react" },
    { v: BRIDGE_VERSION, kind: "event" },
  ])
    raw.post(stray);
  raw.post({ v: BRIDGE_VERSION, kind: "welcome", server: "s" });
  const asked = remote.channels();
  const { id } = await raw.next("request");
  raw.post({ v: BRIDGE_VERSION, kind: "response", id: 999, ok: true, result: [] });
  raw.post({ v: BRIDGE_VERSION, kind: "response", id, ok: true, result: [] });
  expect(await asked).toEqual([]);
  await remote.close();
});

test("an answer that cannot be read settles its request", async () => {
  const { raw, port } = rawEnd();
  const remote = connectHost(port);
  raw.post({ v: BRIDGE_VERSION, kind: "welcome", server: "s" });
  const asked = [remote.channels(), remote.preview("x"), remote.preview("y")];
  const answers = [
    { v: BRIDGE_VERSION, kind: "response", ok: true, result: [{ id: 5 }] },
    { v: BRIDGE_VERSION, kind: "response", ok: "perhaps" },
    { v: BRIDGE_VERSION, kind: "response", ok: false, error: { code: "new-code", message: "?" } },
  ];
  for (const [index, answer] of answers.entries()) {
    await raw.next("request", ({ id }) => id === index + 1);
    raw.post({ ...answer, id: index + 1 });
  }
  for (const each of asked) await expect(each).rejects.toMatchObject({ name: "ChannelError", code: "internal" });
  await remote.close();
});
