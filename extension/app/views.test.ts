import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { channelFragment } from "../platform/names.ts";
import { browserApi } from "../testing/extension-api.ts";
import { canOpenPanel, channelOfAddress, openInTab, openPanel, viewKind } from "./views.ts";

beforeEach(() => browserApi.reset());
afterEach(() => void vi.unstubAllGlobals());

it("is the view that its page says, and a tab otherwise", () => {
  for (const [said, kind] of [
    ["popup", "popup"],
    ["panel", "panel"],
    ["tab", "tab"],
    ["other", "tab"],
    [undefined, "tab"],
  ]) {
    vi.stubGlobal("document", { documentElement: { dataset: { view: said } } });
    expect(viewKind()).toBe(kind);
  }
});

describe("the channel of an address", () => {
  it.each(["BBBB", "a b/c#d?e", "ä", ""])("is the one that was put into it: %j", (channel) => {
    expect(channelOfAddress(channelFragment(channel))).toBe(channel);
  });

  it.each(["", "#", "#/join/x", "/channel/x", "#/channel/%E0%A4%A"])("is none in %j", (fragment) => {
    expect(channelOfAddress(fragment)).toBeNull();
  });
});

it("opens a tab of the extension itself, with a channel or without", async () => {
  await openInTab("a b");
  await openInTab(null);
  const page = "chrome-extension://hearback/extension/app/tab.html";
  expect(browserApi.tabs).toEqual([`${page}#/channel/a%20b`, page]);
});

it("opens the panel that the browser has", async () => {
  expect(canOpenPanel()).toBe(true);
  await openPanel(7);
  expect(browserApi.panels).toEqual([7]);
});
