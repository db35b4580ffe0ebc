import { proto_lightpush as proto } from "@waku/proto";
import { expect, test } from "vitest";
import { encodeFrame } from "../wire/length-prefix.ts";
import { type WakuMessage, wakuMessageHash } from "../wire/wire.ts";
import { createLightpushAnswers } from "./lightpush-answers.ts";

const TOPIC = "/waku/2/rs/1/0";
const messageOf = (text: string): WakuMessage => ({
  ...{ payload: new TextEncoder().encode(text), contentTopic: "/hearback/1/a/proto", timestamp: 1n },
});
const hashOf = (message: WakuMessage) => wakuMessageHash(message, TOPIC);

const request = (message: WakuMessage) =>
  encodeFrame(proto.LightPushRequestV3.encode({ requestId: "r", pubsubTopic: TOPIC, message }));
const answer = (statusCode: number, statusDesc = "") =>
  encodeFrame(proto.LightPushResponseV3.encode({ requestId: "r", statusCode, statusDesc }));

/** How an expectation stands. */
async function isAccepted({ accepted }: { readonly accepted: Promise<void> }): Promise<boolean> {
  return Promise.race([accepted.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
}

test("one service node that took the message is enough, whatever others say", async () => {
  const answers = createLightpushAnswers();
  const expected = answers.expect(hashOf(messageOf("a")));
  answers.onExchange([request(messageOf("a"))], [answer(429, "too many")]);
  expect(await isAccepted(expected)).toBe(false);
  expect(expected.refusals.map(({ code, message }) => [code, message])).toEqual([
    ["rejected", expect.stringContaining("429 too many")],
  ]);
  answers.onExchange([request(messageOf("a"))], [answer(200)]);
  expect(await isAccepted(expected)).toBe(true);
});

test("an answer is about the message that was sent, and about nothing else", async () => {
  const answers = createLightpushAnswers();
  const [first, second] = [answers.expect(hashOf(messageOf("a"))), answers.expect(hashOf(messageOf("b")))];
  answers.onExchange([request(messageOf("b"))], [answer(200)]);
  answers.onExchange([request(messageOf("c"))], [answer(500)]);
  expect([await isAccepted(first), await isAccepted(second)]).toEqual([false, true]);
  expect([first.refusals, second.refusals]).toEqual([[], []]);
});

test("the same message sent twice at the same time is answered to both, and forgotten for each by itself", async () => {
  const answers = createLightpushAnswers();
  const hash = hashOf(messageOf("a"));
  const [first, second, third] = [answers.expect(hash), answers.expect(hash), answers.expect(hash)];
  third.forget();
  third.forget();
  answers.onExchange([request(messageOf("a"))], [answer(413)]);
  first.forget();
  answers.onExchange([request(messageOf("a"))], [answer(420)]);
  expect(first.refusals.map(({ code }) => code)).toEqual(["too-large"]);
  expect(second.refusals.map(({ code }) => code)).toEqual(["too-large", "rejected"]);
  expect(third.refusals).toEqual([]);
  second.forget();
  // After that it is a new one.
  const again = answers.expect(hash);
  answers.onExchange([request(messageOf("a"))], [answer(200)]);
  expect([await isAccepted(again), await isAccepted(second)]).toEqual([true, false]);
});

test("frames may come in any pieces; what is cut off or no answer at all changes nothing", async () => {
  const answers = createLightpushAnswers();
  const expected = answers.expect(hashOf(messageOf("a")));
  const [sent, received] = [request(messageOf("a")), answer(200)];
  const noTopic = encodeFrame(proto.LightPushRequestV3.encode({ requestId: "r", message: messageOf("a") }));
  answers.onExchange([sent], [received.slice(0, -1)]);
  answers.onExchange([sent], []);
  answers.onExchange([], [received]);
  answers.onExchange([noTopic], [received]);
  answers.onExchange([sent], [encodeFrame(Uint8Array.of(255, 255, 255))]);
  expect([await isAccepted(expected), expected.refusals]).toEqual([false, []]);
  answers.onExchange([sent.slice(0, 5), sent.slice(5)], [received.slice(0, 1), received.slice(1)]);
  expect(await isAccepted(expected)).toBe(true);
});
