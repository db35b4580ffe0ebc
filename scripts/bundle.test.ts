import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
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

test("@waku/sds uses nothing of lodash but uniqBy by a property", () => {
  const dist = join(ROOT, "node_modules", "@waku", "sds", "dist");
  const sources = readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js") && !file.endsWith(".spec.js"))
    .map((file) => readFileSync(join(dist, file), "utf8"));
  const users = sources.filter((source) => /from ["']lodash["'/]/.test(source));
  expect(users).toHaveLength(1);
  expect(users[0]).toContain('import _ from "lodash";');
  const uses = users[0]?.match(/\b_\.[^)]*\)/g);
  expect(uses).toEqual(['_.uniqBy(combinedItems, "messageId")']);
});
