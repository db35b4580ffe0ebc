import fc from "fast-check";
import { expect, test } from "vitest";
import { asMessageId, asParticipantId } from "../../sds/wire/ids.ts";
import { CHANNEL, CREATE, STATUS } from "../testing/test-host.ts";
import { readClientMessage, readServerMessage } from "./messages.ts";
import type { ClientMessage, ServerMessage } from "./protocol.ts";
import { BRIDGE_VERSION } from "./protocol.ts";

const v = BRIDGE_VERSION;
const id = asMessageId("ab".repeat(32));
const place = { lamport: 2 ** 53 - 1, id };
const delivery = {
  state: { kind: "received", k: 1, n: null },
  received: [asParticipantId("s1x")],
  audience: [],
  attempts: 1,
} as const;
const message = {
  ...place,
  author: asParticipantId("s1x"),
  mine: true,
  signed: true,
  type: "chat",
  text: "\ud800 lone surrogate",
  textKept: true,
  composedAt: 1,
  delivery,
} as const;

const CLIENT: readonly ClientMessage[] = [
  { v, kind: "hello", client: "c" },
  { v, kind: "request", id: 0, method: "channels", params: {} },
  { v, kind: "request", id: 1, method: "create", params: CREATE },
  { v, kind: "request", id: 2, method: "leave", params: { channel: CHANNEL } },
  { v, kind: "request", id: 3, method: "snapshot", channel: CHANNEL, params: { limit: null } },
  { v, kind: "request", id: 4, method: "page", channel: CHANNEL, params: { before: place, limit: 50 } },
  { v, kind: "request", id: 5, method: "send", channel: CHANNEL, params: { requestId: "r", type: "chat", text: "" } },
  { v, kind: "request", id: 6, method: "markRead", channel: CHANNEL, params: { upTo: place } },
  { v, kind: "request", id: 7, method: "correctClock", channel: CHANNEL, params: { correctionMs: -7_200_000 } },
  { v, kind: "subscribe", stream: 1, topic: { kind: "events", channel: CHANNEL, afterSeq: 0 } },
  { v, kind: "subscribe", stream: 2, topic: { kind: "status", channel: CHANNEL } },
  { v, kind: "subscribe", stream: 3, topic: { kind: "channels" } },
  { v, kind: "unsubscribe", stream: 1 },
  { v, kind: "received", stream: 1, count: 32 },
  { v, kind: "ping", nonce: 0 },
  { v, kind: "bye" },
];

const SERVER: readonly ServerMessage[] = [
  { v, kind: "welcome", server: "s" },
  { v, kind: "response", id: 0, ok: true, result: null },
  { v, kind: "response", id: 1, ok: false, error: { code: "empty", message: "Write something." } },
  { v, kind: "event", stream: 1, event: { kind: "entry", seq: 1, entry: { kind: "message", ...message }, unread: 0 } },
  { v, kind: "event", stream: 1, event: { kind: "delivery", seq: 2, updates: [{ id, delivery }] } },
  { v, kind: "event", stream: 1, event: { kind: "reset", seq: 3 } },
  { v, kind: "status", stream: 2, status: STATUS },
  { v, kind: "channels", stream: 3, channels: [] },
  { v, kind: "ended", stream: 1, error: { code: "not-found", message: "Join it first." } },
  { v, kind: "invalid", error: { code: "invalid", message: "?" } },
  { v, kind: "pong", nonce: 0 },
  { v, kind: "bye" },
];

test("every message is read as itself, also after JSON, and with fields of a later version", () => {
  for (const [read, samples] of [[readClientMessage, CLIENT] as const, [readServerMessage, SERVER] as const]) {
    for (const sample of samples) {
      expect(read(sample)).toEqual({ kind: "message", message: sample });
      expect(read(JSON.parse(JSON.stringify(sample)))).toEqual({ kind: "message", message: sample });
      expect(read({ ...sample, later: 1 }).kind).toBe("message");
    }
  }
});

test("each lacks something without any one of its fields", () => {
  for (const [read, samples] of [[readClientMessage, CLIENT] as const, [readServerMessage, SERVER] as const]) {
    for (const sample of samples) {
      for (const field of Object.keys(sample)) {
        const { [field]: _, ...rest } = { ...sample } as Record<string, unknown>;
        // A result may be anything until its method is known, so also missing.
        if (field !== "result") expect([field, read(rest).kind]).toEqual([field, "invalid"]);
      }
    }
  }
});

test("the two directions do not take each other's messages", () => {
  for (const sample of SERVER) if (sample.kind !== "bye") expect(readClientMessage(sample).kind).toBe("invalid");
  for (const sample of CLIENT) if (sample.kind !== "bye") expect(readServerMessage(sample).kind).toBe("invalid");
});

test("reading never throws, whatever it is given", () => {
  const hostile = new Proxy(
    {},
    {
      get: () => hostile,
      has: () => true,
      getOwnPropertyDescriptor: () => {
        throw new Error("no");
      },
    },
  );
  for (const value of [
    hostile,
    {
      v: BRIDGE_VERSION,
      kind: "request",
      get id() {
        throw new Error("no");
      },
    },
    undefined,
    Symbol("x"),
  ]) {
    expect(readClientMessage(value).kind).toBe("invalid");
    expect(readServerMessage(value).kind).toBe("invalid");
  }
  const sample = fc.constantFrom<object>(...CLIENT, ...SERVER);
  fc.assert(
    fc.property(fc.oneof(fc.anything(), sample), fc.string(), fc.anything(), (value, field, replacement) => {
      const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
      const at = keys[field.length % Math.max(1, keys.length)] ?? field;
      for (const given of [
        value,
        typeof value === "object" && value !== null ? { ...value, [at]: replacement } : value,
      ]) {
        expect(["message", "other-version", "invalid"]).toContain(readClientMessage(given).kind);
        expect(["message", "other-version", "invalid"]).toContain(readServerMessage(given).kind);
      }
    }),
    { numRuns: 2_000 },
  );
});
