import { expect, it } from "vitest";
import { StorageError } from "../port.ts";
import { toStorageError } from "./errors.ts";

it("says what the browser's own error was, also when it comes wrapped, and keeps it as the cause", () => {
  const inner = new DOMException("the browser's words", "QuotaExceededError");
  const wrapped = Object.assign(new Error("OpenFailedError QuotaExceededError"), { name: "OpenFailedError", inner });
  expect(toStorageError(wrapped)).toMatchObject({ code: "quota", cause: wrapped });
  expect(toStorageError(inner)).toMatchObject({ code: "quota", cause: inner });
});

it("leaves one that is already told as it is, and has words for one that nobody knows", () => {
  const known = new StorageError("blocked", "Close the other tab.");
  expect(toStorageError(known)).toBe(known);
  for (const unknown of [new Error("?"), "?", null]) expect(toStorageError(unknown)).toMatchObject({ code: "failed" });
});
