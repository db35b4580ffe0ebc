import { expect, test } from "vitest";
import type { HistoryPage, InboundFrame } from "../../transport/port.ts";
import { createReadBudget } from "./read-budget.ts";

const MIB = 1024 * 1024;

function pageOf(messages: number, bytes: number): HistoryPage {
  const frame = { payload: new Uint8Array(bytes) } as InboundFrame;
  return { frames: Array.from({ length: messages }, () => frame) };
}

/** How many pages are read before it is used up, at most so many. */
function pagesRead(most: number, read: { page: HistoryPage; news: number; waitedMs?: number }): number {
  const budget = createReadBudget();
  for (let page = 1; page <= most; page++) if (!budget.spend({ waitedMs: 0, ...read })) return page;
  return most;
}

test("a million messages, each of them news, are read to the end, over a link that brings three a second too", () => {
  expect(pagesRead(10_000, { page: pageOf(100, 600), news: 100, waitedMs: 30_000 })).toBe(10_000);
});

test("what brings no news ends after 32 MiB, and after 2,048 pages however little is in them", () => {
  const page = pageOf(100, MIB / 100 - 128);
  expect(pagesRead(1_000, { page, news: 0 })).toBe(33);
  expect(pagesRead(10_000, { page: { frames: [] }, news: 0 })).toBe(2_049);
  expect(pagesRead(10_000, { page: pageOf(1, 1), news: 0 })).toBe(2_049);
});

test("of a page that is half news half its bytes count; others' words that come meanwhile make it no better than all news", () => {
  const page = pageOf(100, MIB / 100 - 128);
  expect(pagesRead(1_000, { page, news: 50 })).toBe(65);
  const budget = createReadBudget();
  expect(budget.spend({ page: pageOf(1, 10), news: 1_000, waitedMs: 0 })).toBe(true);
  // Nothing was saved up by it.
  let more = 0;
  while (budget.spend({ page, news: 0, waitedMs: 0 })) more++;
  expect(more).toBe(32);
});

test("one message each nineteen seconds, news or not, is given up after a minute", () => {
  expect(pagesRead(100, { page: pageOf(1, 600), news: 0, waitedMs: 19_000 })).toBe(4);
  expect(pagesRead(100, { page: pageOf(1, 600), news: 1, waitedMs: 19_000 })).toBe(4);
  // A minute in all is allowed, and a clock that was set back gives nothing back.
  const budget = createReadBudget();
  expect(budget.spend({ page: pageOf(1, 1), news: 0, waitedMs: 60_000 })).toBe(true);
  expect(budget.spend({ page: pageOf(1, 1), news: 0, waitedMs: -1_000 })).toBe(true);
  expect(budget.spend({ page: pageOf(1, 1), news: 0, waitedMs: 1 })).toBe(false);
});
