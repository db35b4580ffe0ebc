import type { IncomingStreamData, Libp2p, Stream } from "@libp2p/interface";
import { METADATA_CODEC } from "../wire/codecs.ts";
import { createOneFrame } from "../wire/one-frame.ts";
import type { MetadataProtocol } from "../wire/sdk-parts.ts";

/** A cluster and at most a thousand shards. */
const MOST_BYTES = 16 * 1024;

/**
 * Puts itself before the SDK's handler of metadata requests, which service nodes make (some leave whoever does not answer):
 * the SDK gathers whatever comes until the stream ends, however much that is, and does not end its own half of it.
 */
export async function guardMetadataStreams(libp2p: Libp2p, metadata: MetadataProtocol): Promise<void> {
  const receive = async ({ stream, connection }: IncomingStreamData): Promise<void> => {
    let isWhole = false;
    async function* source(): AsyncGenerator<unknown> {
      const request = createOneFrame(MOST_BYTES);
      for await (const chunk of stream.source) {
        if (!request.hasRoomFor(chunk)) {
          const error = new Error("more came than a metadata request");
          // Now, as whoever leaves the source closes the stream, which tells the other side nothing.
          stream.abort(error);
          throw error;
        }
        yield chunk;
      }
      isWhole = true;
    }
    const { id, protocol, sink } = stream;
    const halves = { id, protocol, sink, source: source() };
    try {
      // It tells nobody what went wrong.
      await metadata.onRequest({ connection, stream: halves as unknown as Stream });
      if (!isWhole) throw new Error("a metadata request could not be read");
      await stream.close();
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)));
    }
  };
  await libp2p.unhandle(METADATA_CODEC);
  await libp2p.handle(METADATA_CODEC, (data) => void receive(data));
}
