import { proto_lightpush as proto } from "@waku/proto";
import { TransportError } from "../../port.ts";
import { firstFrame } from "../wire/length-prefix.ts";
import { wakuMessageHash } from "../wire/wire.ts";

const OK = 200;
const TOO_LARGE = 413;

/** What service nodes say about one message. */
export interface ExpectedAnswer {
  /** Resolves when one of them took it. */
  readonly accepted: Promise<void>;
  /** Grows with each that did not. */
  readonly refusals: readonly TransportError[];
  forget(): void;
}

/**
 * Reads along what service nodes answer to the SDK's lightpush requests. The SDK keeps the status to itself, though it
 * tells whether trying again can help, and waits for the slowest service node, though one that took the message is
 * enough.
 */
export interface LightpushAnswers {
  /** For the message with this hash; call `forget` in the end. */
  expect(hash: Uint8Array): ExpectedAnswer;
  /** All the bytes of one request and of the answer to it. */
  onExchange(sent: readonly Uint8Array[], received: readonly Uint8Array[]): void;
}

interface Expectation {
  readonly accept: () => void;
  readonly refusals: TransportError[];
}

export function createLightpushAnswers(): LightpushAnswers {
  const expected = new Map<string, Set<Expectation>>();

  function read(request: Uint8Array | undefined, answer: Uint8Array | undefined): void {
    if (request === undefined || answer === undefined) return;
    const { pubsubTopic, message } = proto.LightPushRequestV3.decode(request);
    if (pubsubTopic === undefined || message === undefined) return;
    const { statusCode, statusDesc } = proto.LightPushResponseV3.decode(answer);
    for (const { accept, refusals } of expected.get(keyOf(wakuMessageHash(message, pubsubTopic))) ?? []) {
      if (statusCode === OK) accept();
      else refusals.push(refusal(statusCode, statusDesc));
    }
  }

  return {
    expect: (hash) => {
      const key = keyOf(hash);
      const same = expected.get(key) ?? new Set();
      expected.set(key, same);
      const refusals: TransportError[] = [];
      let expectation: Expectation | undefined;
      const accepted = new Promise<void>((accept) => {
        expectation = { accept, refusals };
        same.add(expectation);
      });
      const forget = (): void => {
        if (expectation !== undefined && same.delete(expectation) && same.size === 0) expected.delete(key);
      };
      return { accepted, refusals, forget };
    },
    onExchange: (sent, received) => {
      try {
        read(firstFrame(sent), firstFrame(received));
      } catch {
        // The SDK says that it could not decode the answer.
      }
    },
  };
}

function refusal(statusCode: number, statusDesc: string | undefined): TransportError {
  const detail = `${statusCode} ${statusDesc ?? ""}`.trim();
  return statusCode === TOO_LARGE
    ? new TransportError("too-large", `the service node refused the message for its size: ${detail}`)
    : new TransportError("rejected", `the service node refused the message: ${detail}`);
}

function keyOf(hash: Uint8Array): string {
  return String.fromCharCode(...hash);
}
