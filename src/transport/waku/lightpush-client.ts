import type { Connection } from "@libp2p/interface";
import { proto_lightpush as proto } from "@waku/proto";
import { TransportError } from "../port.ts";
import { LIGHTPUSH_CODEC } from "./codecs.ts";
import { request, UnsupportedProtocol } from "./request.ts";
import type { WakuMessage } from "./wire.ts";

const OK = 200;
const TOO_LARGE = 413;

/**
 * Hands one message to one service node (lightpush v3, specification 19). Resolves only when the node said that it took
 * the message; throws `TransportError` in every other case.
 */
export async function lightpush(
  connection: Connection,
  pubsubTopic: string,
  message: WakuMessage,
  timeoutMs: number,
): Promise<void> {
  const body = proto.LightPushRequestV3.encode({ requestId: crypto.randomUUID(), pubsubTopic, message });
  const response = proto.LightPushResponseV3.decode(await send(connection, body, timeoutMs));
  if (response.statusCode === OK) {
    return;
  }
  const detail = `${response.statusCode} ${response.statusDesc ?? ""}`.trim();
  if (response.statusCode === TOO_LARGE) {
    throw new TransportError("too-large", `the service node refused the message for its size: ${detail}`);
  }
  throw new TransportError("rejected", `the service node refused the message: ${detail}`);
}

async function send(connection: Connection, body: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
  try {
    return await request(connection, LIGHTPUSH_CODEC, body, timeoutMs);
  } catch (error) {
    if (error instanceof UnsupportedProtocol) {
      throw new TransportError("rejected", "the service node takes no messages (no lightpush v3); use another one", {
        cause: error,
      });
    }
    throw error;
  }
}
