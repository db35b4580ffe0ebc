import * as crypto from "node:crypto";
import { expect, test } from "vitest";
import { nodeCrypto } from "./node-crypto.ts";

test("in Node it is Node's, in a browser there is none, nor in something that only looks like Node", () => {
  expect(nodeCrypto()?.createCipheriv).toBe(crypto.createCipheriv);
  expect(nodeCrypto({})).toBeNull();
  expect(nodeCrypto({ process: {} })).toBeNull();
  expect(nodeCrypto({ process: { getBuiltinModule: () => undefined } })).toBeNull();
});
