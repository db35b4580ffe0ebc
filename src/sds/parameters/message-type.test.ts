import { expect, test } from "vitest";
import {
  countsAsUnread,
  EPHEMERAL_TYPES,
  isInMatrix,
  MESSAGE_TYPE,
  notifies,
  ownLevelOf,
  SENT_TYPES,
  SHOWN_TYPES,
  shownTypeOf,
} from "./message-type.ts";

//= protocol: WIRE-17
test("numbers are on the wire and never change", () => {
  expect(MESSAGE_TYPE).toEqual({ chat: 1, announcement: 2, status: 3, profile: 4, report: 7, void: 8 });
});

test("what is sent, and what is only said", () => {
  expect(SENT_TYPES).toEqual(["chat", "announcement", "status", "profile"]);
  expect(EPHEMERAL_TYPES).toEqual(["chat", "announcement", "status"]);
  expect(SHOWN_TYPES).toEqual(["chat", "announcement", "status", "profile", "other"]);
});

//= protocol: EPHEMERAL-5
test.each([
  [MESSAGE_TYPE.chat, "chat", "any", true, true],
  [MESSAGE_TYPE.announcement, "announcement", "share", true, true],
  [MESSAGE_TYPE.status, "status", "none", false, false],
  [MESSAGE_TYPE.profile, "profile", "any", false, false],
  [MESSAGE_TYPE.report, "other", "any", false, true],
  [MESSAGE_TYPE.void, "other", "any", false, true],
  [99, "other", "any", false, true],
] as const)("type %i is shown as %s and waits for %s", (number, shown, level, unread, inMatrix) => {
  expect(shownTypeOf(number)).toBe(shown);
  expect(ownLevelOf(number)).toBe(level);
  expect(countsAsUnread(number)).toBe(unread);
  expect(notifies(shown)).toBe(unread);
  expect(isInMatrix(shown)).toBe(inMatrix);
});
