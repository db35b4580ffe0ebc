import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as discovery from "./lib/no-discovery.mjs";
import { canonicalFolders } from "./lib/one-copy-per-version.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

function versionOf(folder: string): string {
  const { name, version } = JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as Record<
    string,
    string
  >;
  return `${name}@${version}`;
}

test("only copies of one version stand in for each other, and none leads to a further one", () => {
  const canonical = canonicalFolders(ROOT);
  expect(canonical.size).toBeGreaterThan(0);
  for (const [folder, instead] of canonical) {
    expect(versionOf(instead)).toBe(versionOf(folder));
    expect(canonical.has(instead)).toBe(false);
  }
});

/** The sources of a package of Waku's as it is installed, without its tests. */
function sourcesOf(name: string): string[] {
  const dist = join(ROOT, "node_modules", "@waku", name, "dist");
  return readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js") && !file.endsWith(".spec.js"))
    .map((file) => readFileSync(join(dist, file), "utf8"));
}

test("the SDK takes nothing of @waku/discovery but what stands in for it, and no other package takes any", () => {
  const imports = sourcesOf("sdk").flatMap((source) => [
    ...source.matchAll(/import \{([^}]*)\} from ["']@waku\/discovery["']/g),
  ]);
  const names = imports.flatMap(([, list = ""]) => list.split(",").map((name) => name.trim()));
  expect(names.sort()).toEqual(Object.keys(discovery).sort());
  expect(() => discovery.wakuDnsDiscovery()).toThrow("left out of this build");
  for (const other of ["core", "utils", "sds", "proto", "message-encryption"]) {
    expect(sourcesOf(other).filter((source) => source.includes("@waku/discovery"))).toEqual([]);
  }
  expect(sourcesOf("sdk").filter((source) => source.includes("@waku/discovery"))).toHaveLength(1);
});

test("@waku/sds uses nothing of lodash but uniqBy by a property", () => {
  const sources = sourcesOf("sds");
  const users = sources.filter((source) => /from ["']lodash["'/]/.test(source));
  expect(users).toHaveLength(1);
  expect(users[0]).toContain('import _ from "lodash";');
  const uses = users[0]?.match(/\b_\.[^)]*\)/g);
  expect(uses).toEqual(['_.uniqBy(combinedItems, "messageId")']);
});
