import { decodeEnvelope } from "../../../src/identity/authors/envelope-codec.ts";
import { specCodec } from "../../../src/sds/wire/codec.ts";
import type { Frame } from "../network/frame.ts";
import { check } from "../report/violation.ts";

/** Eight causes with hints, keys, signatures: nothing that grows with the group or its history. */
const MOST_AROUND_THE_TEXT = 1_500;

export function checkContentSize(frame: Frame): void {
  const decoded = specCodec.decode(frame.bytes);
  if (!decoded.ok || decoded.message.kind !== "content") return;
  const text = decodeEnvelope(decoded.message.content)?.body.length ?? 0;
  check(frame.bytes.length - text <= MOST_AROUND_THE_TEXT, "messages are small", () => {
    return `${frame.bytes.length} bytes for a text of ${text}`;
  });
}
