import { beforeEach, describe, expect, it } from "vitest";
import { browserApi } from "../testing/extension-api.ts";
import { badgeText, createToolbarButton, totalUnread } from "./badge.ts";

beforeEach(() => browserApi.reset());

it("shows a count that fits into a badge, and nothing for none", () => {
  expect([0, 1, 99, 100, 12_345].map(badgeText)).toEqual(["", "1", "99", "99+", "99+"]);
});

it("counts what is unread in all channels", () => {
  const rest = { name: "", inviteCode: "", network: { preset: "local", multiaddrs: [] } } as const;
  const channels = [3, 0, 4].map((unread, index) => ({ ...rest, id: `c${index}` as never, unread }));
  expect([totalUnread([]), totalUnread(channels)]).toEqual([0, 7]);
});

describe("createToolbarButton", () => {
  const { button } = browserApi;

  it("says how many are unread, and that nothing is connected only when none is", () => {
    const toolbar = createToolbarButton();
    toolbar.setUnread(0);
    toolbar.setOnline(true);
    expect(button).toMatchObject({ badge: "", title: "Hearback", icon: "/icons/icon-16.png" });
    toolbar.setOnline(false);
    expect(button).toMatchObject({ title: "offlineTitle", icon: "/icons/offline-16.png" });
    toolbar.setUnread(120);
    expect(button).toMatchObject({ badge: "99+", title: "badgeTitle 120", icon: "/icons/offline-16.png" });
    toolbar.setUnread(0);
    expect(button).toMatchObject({ badge: "", title: "offlineTitle" });
    toolbar.setOnline(true);
    expect(button).toMatchObject({ title: "Hearback", icon: "/icons/icon-16.png" });
  });

  it("asks nothing of the browser when nothing changed", () => {
    const toolbar = createToolbarButton();
    toolbar.setUnread(1);
    toolbar.setOnline(true);
    const { calls } = button;
    toolbar.setUnread(1);
    toolbar.setOnline(true);
    expect(button.calls).toBe(calls);
  });
});
