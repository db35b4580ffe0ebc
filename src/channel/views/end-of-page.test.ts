import { describe, expect, it } from "vitest";
import { asMessageId, asParticipantId } from "../../sds/wire/ids.ts";
import type { LogItem } from "../api/channel-client.ts";
import { endOfPage, MAX_PAGE_TEXT } from "./end-of-page.ts";

function entry(lamport: number, characters: number): LogItem {
  const delivery = { state: { kind: "sent" }, received: [], audience: [], attempts: 0 } as const;
  const id = asMessageId(`id ${lamport}`);
  const author = asParticipantId("Ben");
  const text = "x".repeat(characters);
  return {
    kind: "message",
    lamport,
    id,
    author,
    mine: false,
    signed: true,
    type: "chat",
    text,
    textKept: true,
    composedAt: 0,
    delivery,
  };
}

describe("a page", () => {
  it("is whole when it is short enough", () => {
    const page = { entries: [entry(1, MAX_PAGE_TEXT / 2), entry(2, MAX_PAGE_TEXT / 2)], more: false };
    expect(endOfPage(page)).toEqual(page);
    expect(endOfPage({ entries: [], more: false })).toEqual({ entries: [], more: false });
  });

  it("is its newest end when it is not, and says that there is more", () => {
    const entries = [entry(1, 1), entry(2, MAX_PAGE_TEXT), entry(3, 1)];
    expect(endOfPage({ entries, more: false })).toEqual({ entries: entries.slice(2), more: true });
  });

  it("is never empty", () => {
    const entries = [entry(1, 1), entry(2, MAX_PAGE_TEXT + 1)];
    expect(endOfPage({ entries, more: false })).toEqual({ entries: entries.slice(1), more: true });
  });
});
