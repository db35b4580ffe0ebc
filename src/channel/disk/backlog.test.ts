import { expect, it } from "vitest";
import { createBacklog, MAX_BACKLOG_BYTES } from "./backlog.ts";

//= protocol: LIMIT-9
it("a backlog is full by number or by bytes, and has space again when something leaves", () => {
  const many = createBacklog();
  for (let n = 0; n < 10_000; n++) many.add(1);
  expect(many.hasRoomFor(1)).toBe(false);
  many.remove(1);
  expect(many.hasRoomFor(1)).toBe(true);

  const large = createBacklog();
  large.add(MAX_BACKLOG_BYTES - 10);
  expect([large.hasRoomFor(10), large.hasRoomFor(11)]).toEqual([true, false]);
  large.remove(MAX_BACKLOG_BYTES - 10);
  expect([large.hasRoomFor(11), large.count, large.bytes]).toEqual([true, 0, 0]);
});
