import { describe, expect, it } from "vitest";
import type { HoleView, LogItem, MessageView } from "../../channel/api/channel-client.ts";
import { asMessageId, asParticipantId } from "../../sds/wire/ids.ts";
import { dayWords, GROUP_WITHIN_MS, type LogRow, logRows, rowsAreAlike, timeWords } from "./log-rows.ts";

const NOON = new Date(2026, 4, 10, 12).getTime();
const DAY = 24 * 60 * 60_000;

function message(id: string, author: string, composedAt: number, type: MessageView["type"] = "chat"): LogItem {
  return {
    kind: "message",
    id: asMessageId(id),
    lamport: composedAt,
    author: asParticipantId(author),
    mine: false,
    signed: true,
    type,
    text: id,
    textKept: true,
    composedAt,
    delivery: { state: { kind: "sent" }, received: [], audience: [], attempts: 0 },
  };
}

const hole = (id: string): LogItem & HoleView => ({
  kind: "hole",
  id: asMessageId(id),
  lamport: NOON,
  state: "fetching",
  since: NOON,
});

const shape = (entries: readonly LogItem[]) =>
  logRows(entries).map((row) => (row.kind === "message" ? `${row.key}${row.grouped ? "+" : ""}` : row.kind));

describe("logRows", () => {
  it("begins each day with a separator", () => {
    expect(shape([message("a", "x", NOON), message("b", "x", NOON + DAY)])).toEqual(["day", "a", "day", "b"]);
  });

  it("puts messages of one author within the time under one name", () => {
    const entries = [
      message("a", "x", NOON),
      message("b", "x", NOON + GROUP_WITHIN_MS - 1),
      message("c", "y", NOON + GROUP_WITHIN_MS),
      message("d", "y", NOON + 3 * GROUP_WITHIN_MS),
    ];
    expect(shape(entries)).toEqual(["day", "a", "b+", "c", "d"]);
  });

  it("does not join messages across a hole, an introduction or an announcement", () => {
    expect(shape([message("a", "x", NOON), hole("h"), message("b", "x", NOON)])).toEqual(["day", "a", "hole", "b"]);
    expect(shape([message("p", "x", NOON, "profile"), message("a", "x", NOON)])).toEqual(["day", "p", "a"]);
    expect(shape([message("a", "x", NOON), message("b", "x", NOON, "announcement")])).toEqual(["day", "a", "b"]);
  });

  it("keeps keys unique when clocks disagree about the day", () => {
    const keys = logRows([message("a", "x", NOON), message("b", "y", NOON - DAY), message("c", "x", NOON)]).map(
      ({ key }) => key,
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("survives times that are no dates", () => {
    expect(shape([message("a", "x", 1e20), message("b", "x", -1e20)])).toEqual(["day", "a", "b"]);
  });
});

describe("dayWords", () => {
  const words = (at: number) => dayWords(at, NOON, "Today", "Yesterday", "en");

  it("names today, yesterday and other days", () => {
    expect(words(NOON - 60_000)).toBe("Today");
    expect(words(NOON - DAY)).toBe("Yesterday");
    expect(words(NOON - 2 * DAY)).toBe("Friday, May 8, 2026");
  });
});

describe("timeWords", () => {
  it("are those of the language, each time, also of what is no time", () => {
    const inGerman = timeWords(NOON, "de");
    expect([inGerman, timeWords(NOON, "en"), timeWords(NOON + 60_000, "de")]).toEqual(["12:00", "12:00 PM", "12:01"]);
    expect(timeWords(1e20, "en")).toBe("Invalid Date");
  });
});

describe("rows that look alike", () => {
  const message = { id: "a" } as never;
  const hole = { id: "h" } as never;
  const day: LogRow = { kind: "day", key: "day a", at: 1 };
  const said: LogRow = { kind: "message", key: "a", message, grouped: false };
  const missing: LogRow = { kind: "hole", key: "a", hole };
  const others: readonly LogRow[] = [
    { ...day, at: 2 },
    { ...said, message: { id: "a" } as never },
    { ...said, grouped: true },
    { ...missing, hole: { id: "h" } as never },
  ];

  it("are those in which the same stands", () => {
    const rows = [day, said, missing];
    for (const before of rows)
      for (const after of rows) expect(rowsAreAlike(before, { ...after })).toBe(before === after);
    for (const before of rows) for (const after of others) expect(rowsAreAlike(before, after)).toBe(false);
  });
});
