import fc from "fast-check";
import { expect, test } from "vitest";
import { fromBase64url, toBase64url } from "./base64url.ts";

test("agrees with Node's base64url, both ways", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      const text = toBase64url(bytes);
      expect(text).toBe(Buffer.from(bytes).toString("base64url"));
      expect(fromBase64url(text)).toEqual(bytes);
    }),
  );
});

test.each([
  ["padding", "QQ=="],
  ["an impossible length", "QUJDR"],
  ["the ordinary alphabet", "+/+/"],
  ["bits set that no byte uses", "QR"],
  ["a space", "QU I"],
  ["a character outside the BMP", "QU\u{1F600}"],
])("refuses %s", (_case, text) => {
  expect(fromBase64url(text)).toBeNull();
});

test("whatever it accepts is written back as the same text", () => {
  const text = fc.string({ unit: fc.constantFrom(..."ABab01-_"), maxLength: 12 });
  fc.assert(
    fc.property(text, (input) => {
      const bytes = fromBase64url(input);
      if (bytes !== null) expect(toBase64url(bytes)).toBe(input);
    }),
  );
});
