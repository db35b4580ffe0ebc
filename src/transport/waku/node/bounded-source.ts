import type { Stream } from "@libp2p/interface";
import { senselessAnswer } from "../wire/errors.ts";

/**
 * What comes over the stream. Resets it and throws `TransportError` (`rejected`) before there are more than `mostBytes`: the SDK
 * gathers all that comes before it looks at it, so a service node that goes on sending would fill this device's memory.
 */
export async function* bounded(
  stream: Pick<Stream, "source" | "abort">,
  mostBytes: number,
): AsyncGenerator<{ readonly byteLength: number }> {
  let bytes = 0;
  for await (const chunk of stream.source) {
    bytes += chunk.byteLength;
    if (bytes > mostBytes) {
      const error = senselessAnswer(new RangeError(`more than ${mostBytes} bytes came`));
      // Now, as whoever leaves the source closes the stream, which tells the other side nothing.
      stream.abort(error);
      throw error;
    }
    yield chunk;
  }
}
