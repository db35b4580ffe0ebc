import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ChromeManifest, firefoxManifest } from "./firefox-manifest.ts";

const chrome = JSON.parse(readFileSync("manifest.json", "utf8")) as ChromeManifest & Record<string, unknown>;
const firefox = firefoxManifest(chrome);

/** The rows of docs/permissions.md for one browser. */
function documented(browser: "Chrome" | "Firefox"): string[] {
  const rows = readFileSync("docs/permissions.md", "utf8").matchAll(/^\| `(\w+)` \| ([\w, ]+) \| (.+) \|$/gm);
  return [...rows]
    .flatMap(([, permission = "", browsers = ""]) => (browsers.includes(browser) ? [permission] : []))
    .sort();
}

describe("the manifests", () => {
  it("ask for the permissions that are documented, and no others", () => {
    expect([...chrome.permissions].sort()).toEqual(documented("Chrome"));
    expect([...(firefox.permissions as string[])].sort()).toEqual(documented("Firefox"));
  });

  it("ask for no website", () => {
    for (const manifest of [chrome, firefox]) {
      expect(manifest.host_permissions).toBeUndefined();
      expect(manifest.content_scripts).toBeUndefined();
      expect(manifest.externally_connectable).toBeUndefined();
    }
  });

  it("allow a local service node: an own policy, without upgrading ws to wss", () => {
    const policy = (chrome.content_security_policy as { extension_pages: string }).extension_pages;
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("connect-src 'self' ws: wss:");
    expect(policy).not.toContain("upgrade-insecure-requests");
    expect(firefox.content_security_policy).toEqual(chrome.content_security_policy);
  });

  it("for Firefox have an event page, a sidebar, an id and what is collected", () => {
    expect(firefox.background).toEqual({ scripts: [chrome.background.service_worker], type: "module" });
    expect(firefox.side_panel).toBeUndefined();
    expect(firefox.minimum_chrome_version).toBeUndefined();
    expect(firefox.sidebar_action).toMatchObject({ default_panel: chrome.side_panel.default_path });
    expect(firefox.browser_specific_settings).toMatchObject({
      gecko: { strict_min_version: "140.0", data_collection_permissions: { required: ["personalCommunications"] } },
    });
  });
});
