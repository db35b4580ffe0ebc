import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asMessageId } from "./ids.ts";
import { isIdOf, messageIdOf } from "./message-id.ts";

describe("message id", () => {
  //= protocol: ID-1
  it("is the lower-case hex of SHA-256, as another implementation computes it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (content) => {
        expect(messageIdOf(content)).toBe(createHash("sha256").update(content).digest("hex"));
      }),
    );
  });

  //= protocol: ID-1
  it("is told from every other id", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(63), fc.string(), (content, at, other) => {
        const id = messageIdOf(content);
        expect(isIdOf(id, content)).toBe(true);
        expect(isIdOf(asMessageId(id.toUpperCase()), content)).toBe(id === id.toUpperCase());
        expect(isIdOf(asMessageId(id.slice(0, at)), content)).toBe(false);
        expect(isIdOf(asMessageId(`${id}0`), content)).toBe(false);
        const changed = id.slice(0, at) + (id[at] === "0" ? "1" : "0") + id.slice(at + 1);
        expect(isIdOf(asMessageId(changed), content)).toBe(false);
        expect(isIdOf(asMessageId(other), content)).toBe(other === id);
      }),
    );
  });
});
