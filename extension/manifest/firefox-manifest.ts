/** What the extension uses of a manifest; the rest passes through untouched. */
export interface ChromeManifest {
  readonly name: string;
  readonly version: string;
  readonly minimum_chrome_version: string;
  readonly permissions: readonly string[];
  readonly side_panel: { readonly default_path: string };
  readonly action: { readonly default_icon: Readonly<Record<string, string>>; readonly default_title: string };
  readonly background: { readonly service_worker: string; readonly type: "module" };
  readonly [key: string]: unknown;
}

export const FIREFOX_ID = "hearback@hearback.example";
/** Declares data collection in the manifest; older versions would not show it. */
export const FIREFOX_MIN_VERSION = "140.0";

/**
 * The manifest for Firefox: a sidebar instead of Chrome's side panel, an event page instead of a service worker, an id,
 * and what leaves the device. Messages are the purpose of the extension: they go, encrypted, to the service nodes that a
 * channel names, which see the IP address, time and size. Firefox's class for that is personal communications.
 */
export function firefoxManifest(chrome: ChromeManifest): Readonly<Record<string, unknown>> {
  const { side_panel, minimum_chrome_version: _chromeOnly, background, permissions, ...shared } = chrome;
  return {
    ...shared,
    permissions: permissions.filter((permission) => permission !== "sidePanel"),
    background: { scripts: [background.service_worker], type: background.type },
    sidebar_action: {
      default_title: chrome.action.default_title,
      default_panel: side_panel.default_path,
      default_icon: chrome.action.default_icon,
      open_at_install: false,
    },
    browser_specific_settings: {
      gecko: {
        id: FIREFOX_ID,
        strict_min_version: FIREFOX_MIN_VERSION,
        data_collection_permissions: { required: ["personalCommunications"] },
      },
    },
  };
}
