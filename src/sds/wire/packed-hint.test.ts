import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_HINT_BYTES } from "../parameters/limits.ts";
import { packHint, unpackHint } from "./packed-hint.ts";

test("every hint comes back as it was, and equal ones are one string", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: MAX_HINT_BYTES }), (hint) => {
      expect(unpackHint(packHint(hint))).toEqual(hint);
      expect(packHint(hint.slice())).toBe(packHint(hint));
    }),
  );
  expect(unpackHint(packHint(undefined))).toBeUndefined();
});
