import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as leftOut from "./lib/left-out-of-sdk.stub.mjs";
import { LEFT_OUT, leftOutOfSdk } from "./lib/left-out-of-sdk.ts";
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

/** The file that is taken in a bundle for what a module of the SDK imports; null: the one that it names. */
function takenInstead(source: string, importer: string): unknown {
  const { resolveId } = leftOutOfSdk();
  return (resolveId as (source: string, importer?: string) => unknown)(source, importer);
}

test("what is left out of the SDK is all that it takes of those modules, and other modules of such names stay", () => {
  const dist = join(ROOT, "node_modules", "@waku", "sdk", "dist");
  const names = LEFT_OUT.flatMap((file) => {
    const source = readFileSync(join(dist, file), "utf8");
    return [...source.matchAll(/^export (?:async )?(?:function|class|const) (\w+)/gm)].map(([, name]) => name);
  });
  expect(names.sort()).toEqual(Object.keys(leftOut).sort());
  for (const part of Object.values(leftOut)) expect(part).toThrow("left out of this build");
  const stub = join(ROOT, "scripts", "lib", "left-out-of-sdk.stub.mjs");
  expect(takenInstead("./light_push.js", join(dist, "light_push", "index.js"))).toBe(stub);
  expect(takenInstead("./wait_for_remote_peer.js", join(dist, "waku", "waku.js"))).toBe(stub);
  expect(takenInstead("../light_push/index.js", join(dist, "waku", "waku.js"))).toBeNull();
  const core = join(ROOT, "node_modules", "@waku", "core", "dist", "lib", "light_push", "index.js");
  expect(takenInstead("./light_push.js", core)).toBeNull();
});

test("modules of Waku's packages that nobody takes anything of do nothing, so they may be left out", () => {
  for (const name of ["core", "interfaces", "message-encryption", "proto", "sdk", "utils"]) {
    const alone = sourcesOf(name).filter((source) =>
      /^import ["']|^(?:globalThis|window|self|process)\b/m.test(source),
    );
    expect(alone, name).toEqual([]);
  }
});

test("every build leaves them out", () => {
  for (const config of ["vite.demo.config.ts", "vite.extension.config.ts"]) {
    const source = readFileSync(join(ROOT, config), "utf8");
    expect(source.split("leftOutOfSdk()")).toHaveLength(source.split("oneCopyPerVersion(path(").length);
  }
});
