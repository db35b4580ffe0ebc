import type { ChannelSummary } from "../../src/channel/api/channel-host.ts";
import { extensionApi } from "../platform/api.ts";

const MAX_SHOWN = 99;
const TEAL = "#0b7577";
const WHITE = "#ffffff";

export function totalUnread(channels: readonly ChannelSummary[]): number {
  return channels.reduce((total, { unread }) => total + unread, 0);
}

/** Four characters fit into a badge at most. */
export function badgeText(unread: number): string {
  return unread === 0 ? "" : unread > MAX_SHOWN ? `${MAX_SHOWN}+` : `${unread}`;
}

/** The toolbar button: how many messages are unread, and a dashed ring while nothing is connected. */
export interface ToolbarButton {
  setUnread(unread: number): void;
  setOnline(online: boolean): void;
}

export function createToolbarButton(): ToolbarButton {
  const { action, i18n } = extensionApi;
  let shown: number | null = null;
  let isOnline: boolean | null = null;

  function showTitle(): void {
    const unread = shown ?? 0;
    const title = unread > 0 ? i18n.getMessage("badgeTitle", [`${unread}`]) : "Hearback";
    void action.setTitle({ title: isOnline === false && unread === 0 ? i18n.getMessage("offlineTitle") : title });
  }

  void action.setBadgeBackgroundColor({ color: TEAL });
  void action.setBadgeTextColor?.({ color: WHITE });
  return {
    setUnread(unread) {
      if (unread === shown) return;
      shown = unread;
      void action.setBadgeText({ text: badgeText(unread) });
      showTitle();
    },
    setOnline(online) {
      if (online === isOnline) return;
      isOnline = online;
      const name = online ? "icon" : "offline";
      void action.setIcon({ path: { 16: `/icons/${name}-16.png`, 32: `/icons/${name}-32.png` } });
      showTitle();
    },
  };
}
