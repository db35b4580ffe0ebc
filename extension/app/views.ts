import { extensionApi } from "../platform/api.ts";
import { CHANNEL_ROUTE, channelFragment, TAB_PAGE } from "../platform/names.ts";

/** Where the app runs: the toolbar's popup, beside the page (side panel or sidebar), or in a tab of its own. */
export type ViewKind = "popup" | "panel" | "tab";

export function viewKind(): ViewKind {
  const view = document.documentElement.dataset.view;
  return view === "popup" || view === "panel" ? view : "tab";
}

/** The channel that the address names; null for none. */
export function channelOfAddress(fragment: string): string | null {
  if (!fragment.startsWith(CHANNEL_ROUTE)) return null;
  try {
    return decodeURIComponent(fragment.slice(CHANNEL_ROUTE.length));
  } catch {
    return null;
  }
}

export async function openInTab(channel: string | null): Promise<void> {
  const url = extensionApi.runtime.getURL(TAB_PAGE) + (channel === null ? "" : channelFragment(channel));
  await extensionApi.tabs.create({ url });
}

interface FirefoxSidebar {
  readonly open: () => Promise<void>;
}

const sidebarAction = (): FirefoxSidebar | undefined =>
  (extensionApi as unknown as { readonly sidebarAction?: FirefoxSidebar }).sidebarAction;

export function canOpenPanel(): boolean {
  return extensionApi.sidePanel?.open !== undefined || sidebarAction() !== undefined;
}

/** Call it from a click, without waiting for anything before: browsers ask for that. */
export async function openPanel(windowId: number): Promise<void> {
  const sidebar = sidebarAction();
  if (sidebar === undefined) await extensionApi.sidePanel.open({ windowId });
  else await sidebar.open();
}
