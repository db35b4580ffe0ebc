import type { RuntimePortLike } from "../../src/bridge/ports/runtime-port.ts";

/**
 * What a browser gives its extensions, as far as this one asks for it; in place once this is imported, which must come
 * before whatever looks at it.
 */
export const browserApi = {
  /** What the toolbar's button shows, and how often anything was asked of it. */
  button: { badge: "", title: "", icon: "", calls: 0 },
  /** Addresses of the tabs that were opened. */
  tabs: [] as string[],
  /** Windows in which the side panel was opened. */
  panels: [] as number[],
  /** Connects a page with the worker. */
  connect: (_name: string): RuntimePortLike => {
    throw new Error("There is no worker.");
  },
  reset(): void {
    Object.assign(browserApi.button, { badge: "", title: "", icon: "", calls: 0 });
    browserApi.tabs.length = 0;
    browserApi.panels.length = 0;
  },
};

async function show(change: Partial<typeof browserApi.button>): Promise<void> {
  Object.assign(browserApi.button, change, { calls: browserApi.button.calls + 1 });
}

Object.assign(globalThis, {
  chrome: {
    action: {
      setTitle: ({ title }: { readonly title: string }) => show({ title }),
      setBadgeText: ({ text }: { readonly text: string }) => show({ badge: text }),
      setIcon: ({ path }: { readonly path: Readonly<Record<number, string>> }) => show({ icon: path[16] ?? "" }),
      setBadgeBackgroundColor: () => show({}),
      setBadgeTextColor: () => show({}),
    },
    i18n: { getMessage: (name: string, values: readonly string[] = []) => [name, ...values].join(" ") },
    runtime: {
      getURL: (path: string) => `chrome-extension://hearback/${path}`,
      connect: ({ name }: { readonly name: string }) => browserApi.connect(name),
    },
    tabs: { create: async ({ url }: { readonly url: string }) => void browserApi.tabs.push(url) },
    sidePanel: { open: async ({ windowId }: { readonly windowId: number }) => void browserApi.panels.push(windowId) },
  },
});
