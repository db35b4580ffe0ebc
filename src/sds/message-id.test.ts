import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messageIdOf } from "./message-id.ts";

describe("message id", () => {
  it("is the lower-case hex of SHA-256, as another implementation computes it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (content) => {
        expect(messageIdOf(content)).toBe(createHash("sha256").update(content).digest("hex"));
      }),
    );
  });
});
