import { proto_lightpush as proto } from "@waku/proto";
import { TransportError } from "../../port.ts";
import { firstFrame } from "../wire/length-prefix.ts";
import { wakuMessageHash } from "../wire/wire.ts";

const OK = 200;
const TOO_LARGE = 413;

interface Expectation {
  readonly accept: () => void;
  readonly refusals: TransportError[];
}

/**
 * Reads along what service nodes answer to the SDK's lightpush requests. The SDK keeps the status to itself, though it
 * tells whether trying again can help, and waits for the slowest service node, though one that took the message is
 * enough.
 */
export class LightpushAnswers {
  private readonly expected = new Map<string, Set<Expectation>>();

  /** For the message with this hash; call `forget` in the end. */
  expect(hash: Uint8Array): { accepted: Promise<void>; refusals: readonly TransportError[]; forget: () => void } {
    const key = keyOf(hash);
    const same = this.expected.get(key) ?? new Set();
    this.expected.set(key, same);
    const refusals: TransportError[] = [];
    let expectation: Expectation | undefined;
    const accepted = new Promise<void>((accept) => {
      expectation = { accept, refusals };
      same.add(expectation);
    });
    const forget = (): void => {
      if (expectation !== undefined && same.delete(expectation) && same.size === 0) {
        this.expected.delete(key);
      }
    };
    return { accepted, refusals, forget };
  }

  /** All the bytes of one request and of the answer to it. */
  readonly onExchange = (sent: readonly Uint8Array[], received: readonly Uint8Array[]): void => {
    try {
      this.read(firstFrame(sent), firstFrame(received));
    } catch {
      // The SDK says that it could not decode the answer.
    }
  };

  private read(request: Uint8Array | undefined, answer: Uint8Array | undefined): void {
    if (request === undefined || answer === undefined) {
      return;
    }
    const { pubsubTopic, message } = proto.LightPushRequestV3.decode(request);
    if (pubsubTopic === undefined || message === undefined) {
      return;
    }
    const { statusCode, statusDesc } = proto.LightPushResponseV3.decode(answer);
    for (const { accept, refusals } of this.expected.get(keyOf(wakuMessageHash(message, pubsubTopic))) ?? []) {
      if (statusCode === OK) {
        accept();
      } else {
        refusals.push(refusal(statusCode, statusDesc));
      }
    }
  }
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
