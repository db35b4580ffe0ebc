import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { mplex } from "@libp2p/mplex";
import { tcp } from "@libp2p/tcp";
import { webSockets } from "@libp2p/websockets";
import { all } from "@libp2p/websockets/filters";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { encodeFrame, readFrames } from "../../../src/transport/waku/wire/length-prefix.ts";

const REQUEST_TIMEOUT_MS = 10_000;
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

/** Speaks the wire protocols byte by byte, with no client library between the test and the node. */
export interface RawClient {
  /** One request body, one response body. */
  request(codec: string, body: Uint8Array): Promise<Uint8Array>;
  stop(): Promise<void>;
}

export async function rawClient(address: string): Promise<RawClient> {
  const libp2p = await createLibp2p({
    transports: [webSockets({ filter: all }), tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux(), mplex()],
  });
  const connection = await libp2p.dial(multiaddr(address));
  return {
    request: async (codec, body) => {
      const stream = await connection.newStream(codec, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
      const sent = stream.sink([encodeFrame(body)]);
      const answers: Uint8Array[] = [];
      for await (const answer of readFrames(stream.source, MAX_RESPONSE_BYTES)) {
        answers.push(answer);
      }
      await sent;
      await stream.close();
      const [answer] = answers;
      if (answer === undefined || answers.length > 1) {
        throw new Error(`${answers.length} answers to one request`);
      }
      return answer;
    },
    stop: async () => libp2p.stop(),
  };
}
