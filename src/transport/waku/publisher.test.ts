import { LightPushError } from "@waku/interfaces";
import { proto_lightpush as proto } from "@waku/proto";
import { describe, expect, test } from "vitest";
import type { OutboundFrame } from "../port.ts";
import { createLightpushAnswers, type LightpushAnswers } from "./node/lightpush-answers.ts";
import { pushToNetwork } from "./publisher.ts";
import { encodeFrame } from "./wire/length-prefix.ts";
import { pubsubTopicOf, toWakuMessage, wakuMessageHash } from "./wire/wire.ts";

const network = { clusterId: 42, shards: 8, multiaddrs: [] };
const contentTopic = "/hearback/1/a/proto";
const frame: OutboundFrame = {
  contentTopic,
  payload: Uint8Array.of(1),
  version: 1,
  ephemeral: false,
  timestamp: 1_000,
};
const pubsubTopic = pubsubTopicOf(contentTopic, network);
const message = toWakuMessage(frame);

type Result = {
  readonly successes: readonly string[];
  readonly failures: readonly { readonly error: LightPushError }[];
};

/** One publish under way: `answer` is a service node's word, `end` the SDK's result. */
function bench() {
  const answers = createLightpushAnswers();
  let listening = 0;
  const expecting: LightpushAnswers["expect"] = (hash) => {
    const expected = answers.expect(hash);
    listening++;
    return {
      ...expected,
      forget: () => {
        listening--;
        expected.forget();
      },
    };
  };
  const options: unknown[] = [];
  let end = (_result: Result): void => {};
  let fail = (_error: Error): void => {};
  const send = (_encoder: unknown, _message: unknown, given: unknown) => {
    options.push(given);
    return new Promise<Result>((resolve, reject) => {
      end = resolve;
      fail = reject;
    });
  };
  const published = pushToNetwork(
    { answers: { ...answers, expect: expecting }, sdk: { lightPush: { send: send as never } } },
    frame,
    network,
  );
  published.catch(() => undefined);
  const answer = (statusCode: number): void =>
    answers.onExchange(
      [encodeFrame(proto.LightPushRequestV3.encode({ requestId: "r", pubsubTopic, message }))],
      [encodeFrame(proto.LightPushResponseV3.encode({ requestId: "r", statusCode, statusDesc: "words" }))],
    );
  const failWith = (...errors: LightPushError[]): void =>
    end({ successes: [], failures: errors.map((error) => ({ error })) });
  return {
    listening: () => listening,
    published,
    answer,
    failWith,
    options,
    end: (result: Result) => end(result),
    fail: (e: Error) => fail(e),
  };
}

async function codeOf(published: Promise<unknown>): Promise<string> {
  return published.then(
    () => "published",
    ({ code, message: words }: { readonly code?: string; readonly message: string }) => code ?? words,
  );
}

describe("a publish", () => {
  test("is done as soon as one service node took it, and tells the hash under which a Store has it", async () => {
    const { published, answer, options } = bench();
    answer(429);
    answer(200);
    expect(await published).toEqual({ hash: wakuMessageHash(message, pubsubTopic) });
    // The SDK's own retries lose messages.
    expect(options).toEqual([{ autoRetry: false }]);
  });

  test("is done when the SDK says that one took it, whatever became of the others", async () => {
    const { published, end } = bench();
    end({ successes: ["peer"], failures: [{ error: LightPushError.NO_RESPONSE }] });
    expect(await codeOf(published)).toBe("published");
  });

  test("that nobody took fails, also when the SDK names no failure; its own error comes through", async () => {
    const [silent, broken] = [bench(), bench()];
    silent.failWith();
    broken.fail(new Error("SDK"));
    expect([await codeOf(silent.published), await codeOf(broken.published)]).toEqual(["rejected", "SDK"]);
  });

  test("fails for the reason that says most about the message, what service nodes say included", async () => {
    const { published, answer, failWith } = bench();
    answer(413);
    failWith(LightPushError.NO_RESPONSE);
    expect(await codeOf(published)).toBe("too-large");
    const other = bench();
    other.failWith(LightPushError.NO_RESPONSE, LightPushError.DECODE_FAILED);
    expect(await codeOf(other.published)).toBe("rejected");
  });

  test("that failed, or was taken, listens to no answer any more", async () => {
    for (const settle of ["failed", "taken"]) {
      const { published, answer, failWith, listening } = bench();
      expect(listening()).toBe(1);
      if (settle === "failed") failWith(LightPushError.NO_RESPONSE);
      else answer(200);
      await published.catch(() => undefined);
      expect(listening()).toBe(0);
    }
  });

  test.each([
    [LightPushError.NO_PEER_AVAILABLE, "rejected"],
    [LightPushError.NO_STREAM_AVAILABLE, "offline"],
    [LightPushError.STREAM_ABORTED, "offline"],
    [LightPushError.NO_RESPONSE, "offline"],
    [LightPushError.SIZE_TOO_BIG, "too-large"],
    [LightPushError.PAYLOAD_TOO_LARGE, "too-large"],
    [LightPushError.DECODE_FAILED, "rejected"],
    [LightPushError.RLN_PROOF_GENERATION, "rejected"],
  ])("that fails with %s is %s", async (error, code) => {
    const { published, failWith } = bench();
    failWith(error);
    expect(await codeOf(published)).toBe(code);
  });
});
