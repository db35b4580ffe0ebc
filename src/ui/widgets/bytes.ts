const encoder = new TextEncoder();

/** Bytes of `text` in UTF-8: what counts against a channel's limit. */
export function utf8Length(text: string): number {
  return encoder.encode(text).length;
}
