import { expect, test } from "vitest";
import { asChannelId } from "../../sds/wire/ids.ts";
import { senderIdOf } from "./sender-id.ts";

const key = Uint8Array.from({ length: 32 }, (_, i) => i);

//= protocol: SIGN-1
test("equals a value computed by another implementation (Python hashlib)", () => {
  expect(senderIdOf(asChannelId("AAECAwQFBgcICQoLDA0ODw"), key)).toBe("s16zXBMjhffJrNNdxjq6LkTolIBa8");
});

test("differs by channel and by key, also where the two would run together", () => {
  const ids = [
    senderIdOf(asChannelId("ab"), key),
    senderIdOf(asChannelId("ac"), key),
    senderIdOf(asChannelId("ab"), key.with(0, 1)),
    senderIdOf(asChannelId("a"), Uint8Array.of(0x62, ...key)),
  ];
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^s1[A-Za-z0-9_-]{27}$/);
});
