import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

/**
 * Lint runs on a small copy with violations planted in it, so that a broken lint cannot pass unnoticed. Of the source only
 * the protocol is in it, and a few made-up files of the layers above.
 */
const repository = fileURLToPath(new URL("..", import.meta.url));
const CONFIGURATION = [
  ...["package.json", "biome.json", "tsconfig.base.json", ".gitignore", ".dependency-cruiser.mjs", "scripts"],
  ...["docs/architecture.md", "src/sds"],
];
const CLEAN: Record<string, string> = {
  "src/sds/clock.ts": 'import { sha256 } from "@noble/hashes/sha2.js";\n\nexport const hash = sha256;\n',
  "src/sds/window.ts": "export const half = (window: number): number => Math.floor(window / 2);\n",
  "src/storage/port.ts": 'import type { hash } from "../sds/clock.ts";\n\nexport type Hash = typeof hash;\n',
  "src/channel/channel.ts": 'import type { Hash } from "../storage/port.ts";\n\nexport type Channel = Hash;\n',
  "src/ui/mark.tsx": "export const Mark = (props: { word: string }) => <b>{props.word}</b>;\n",
};

/** All of lint takes a few seconds, and many on a machine that does other things as well. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let copy = "";

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "hearback-lint-"));
  const filter = (path: string) => !/\.test\.ts$|\/(testing|vectors)$/.test(path);
  for (const path of CONFIGURATION) cpSync(join(repository, path), join(copy, path), { recursive: true, filter });
  for (const name of readdirSync(join(copy, "scripts"))) {
    if (name.endsWith(".ts")) rmSync(join(copy, "scripts", name));
  }
  plant("tsconfig.json", '{ "files": [], "references": [{ "path": "./src/sds" }] }\n');
  symlinkSync(join(repository, "node_modules"), join(copy, "node_modules"), "dir");
  for (const [path, text] of Object.entries(CLEAN)) plant(path, text);
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(copy, path)), { recursive: true });
  writeFileSync(join(copy, path), text);
}

function run(command: string, ...args: string[]): { code: number; output: string } {
  try {
    const output = execFileSync(command, args, { cwd: copy, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    return { code: 0, output };
  } catch (error) {
    const failed = error as { status: number; stdout: string; stderr: string };
    return { code: failed.status, output: failed.stdout + failed.stderr };
  }
}

const lint = () => run("npm", "run", "--silent", "lint");

/** Each line plants one violation: the rule that must name it, where, and what. */
const LAYERS: [rule: string, path: string, text: string][] = [
  ["sds-is-pure", "src/sds/up.ts", 'export type { Hash } from "../storage/port.ts";\n'],
  ["sds-is-pure", "src/sds/curves.ts", 'export { ed25519 } from "@noble/curves/ed25519.js";\n'],
  ["runtime-imports-nothing", "src/runtime/down.ts", 'export type { hash } from "../sds/clock.ts";\n'],
  ["ports-know-only-sds-and-runtime", "src/transport/side.ts", 'export type { Hash } from "../storage/port.ts";\n'],
  ["ports-know-only-sds-and-runtime", "src/identity/up.ts", 'export type { Channel } from "../channel/channel.ts";\n'],
  ["channel-is-below-telemetry-bridge-ui", "src/channel/up.ts", 'export { Mark } from "../ui/mark.tsx";\n'],
  ["telemetry-is-below-bridge-ui", "src/telemetry/up.ts", 'export { Mark } from "../ui/mark.tsx";\n'],
  ["bridge-is-below-ui", "src/bridge/up.ts", 'export { Mark } from "../ui/mark.tsx";\n'],
  ["ui-knows-only-the-client", "src/ui/down.tsx", 'export type { Channel } from "../channel/channel.ts";\n'],
  ["library-does-not-know-its-users", "src/channel/user.ts", 'export { main } from "../../node/main.ts";\n'],
  ["users-do-not-import-each-other", "web-demo/node.ts", 'export { main } from "../node/main.ts";\n'],
  ["room-order-src-sds-clock", "src/sds/clock/up.ts", 'export { step } from "../step.ts";\n'],
  ["room-order-src-sds-log", "src/sds/log/up.ts", 'export type { OutboxState } from "../outbox/outbox-state.ts";\n'],
  ["room-order-src-sds-wire", "src/sds/wire/beside.ts", 'export { BloomFilter } from "../filter/bloom-filter.ts";\n'],
  ["room-order-src-channel-api", "src/channel/api/up.ts", 'export type { Channel } from "../channel.ts";\n'],
  ["room-order-src-channel", "src/channel/runner.ts", 'export { open } from "./host/open.ts";\n'],
  ["room-order-src-bridge-client", "src/bridge/client/up.ts", 'export { serve } from "../server/serve.ts";\n'],
  ["own-state", "src/sds/sync/theirs.ts", 'export { ownLog } from "../log/own.ts";\n'],
  ["own-state", "src/sds/mine.ts", 'export { ownLog } from "./log/own.ts";\n'],
  ["own-state", "sim/core/cheat.ts", 'export { ownLog } from "../../src/sds/log/own.ts";\n'],
  ["examples-know-only-the-library", "examples/deep.ts", 'export type { Hash } from "../src/storage/port.ts";\n'],
  ["no-node-in-the-browser", "src/channel/files.ts", 'export { readFileSync } from "node:fs";\n'],
  ["no-development-packages-at-run-time", "src/channel/dev.ts", 'export { indexedDB } from "fake-indexeddb";\n'],
  ["product-does-not-import-tests", "src/channel/test.ts", 'export { suite } from "./channel.contract.ts";\n'],
  ["imports-resolve", "src/channel/gone.ts", 'export { gone } from "./nowhere.ts";\n'],
  ["no-cycles", "src/channel/egg.ts", 'export { hen as egg } from "./hen.ts";\n'],
];
const SUPPORT: [path: string, text: string][] = [
  ["node/main.ts", "export const main = 1;\n"],
  ["src/channel/host/open.ts", "export const open = 1;\n"],
  ["src/bridge/server/serve.ts", "export const serve = 1;\n"],
  ["src/sds/attic/old.ts", "export const old = 1;\n"],
  ["src/channel/hen.ts", 'export { egg as hen } from "./egg.ts";\n'],
  ["src/channel/channel.contract.ts", "export const suite = 1;\n"],
];
/** Who may have the state of a room to write to: its own files, tests, and the simulator's planted defects. */
const OWNERS: [path: string, text: string][] = [
  ["src/sds/log/ours.ts", 'export { ownLog } from "./own.ts";\n'],
  ["src/sds/sync/sync.test.ts", 'export { ownLog } from "../log/own.ts";\n'],
  ["sim/mutations/planted.ts", 'export { ownLog } from "../../src/sds/log/own.ts";\n'],
];
/** A write to what another room owns, in each way that the compiler refuses. */
const FOREIGN_WRITES = `import type { LogEntry } from "../log/log-entry.ts";
import type { SyncAndBelow } from "./sync-state.ts";

export function spoil(state: SyncAndBelow, entry: LogEntry): void {
  state.log.lastOwn = null;
  state.log.heads.add(entry);
  state.log.entries.delete(entry.id);
  entry.lamport = 0;
}
`;
const REFUSED_WRITES = ["5,13): error TS2540", "6,19): error TS2339", "7,21): error TS2339", "8,9): error TS2540"];
const TYPES_ONLY: [path: string, text: string][] = [
  ["src/storage/export.ts", 'export { hash } from "../sds/clock.ts";\n'],
  ["src/transport/all.ts", 'export * from "../sds/clock.ts";\n'],
  ["src/ui/import.tsx", 'import { hash } from "../sds/clock.ts";\n\nexport const x = hash;\n'],
];
const IMPURITIES: [name: string, text: string][] = [
  ["Date", "export const x = () => Date.now();\n"],
  ["Math.random", "export const x = () => Math.random();\n"],
  ["Math.random", "export const { random } = Math;\n"],
  ["setTimeout", "export const x = () => setTimeout(() => {}, 1);\n"],
  ["setInterval", "export const x = () => setInterval(() => {}, 1);\n"],
  ["queueMicrotask", "export const x = () => queueMicrotask(() => {});\n"],
  ["crypto", "export const x = () => crypto.getRandomValues(new Uint8Array(1));\n"],
  ["indexedDB", "export const x = () => indexedDB;\n"],
  ["chrome", "export const x = () => chrome;\n"],
  ["browser", "export const x = () => browser;\n"],
  ["window", "export const x = () => window;\n"],
  ["self", "export const x = () => self;\n"],
  ["globalThis", "export const x = () => globalThis;\n"],
  ["performance", "export const x = () => performance.now();\n"],
  ["fetch", 'export const x = () => fetch("/");\n'],
  ["Promise", "export const x = () => Promise.resolve(1);\n"],
  ["async", "export const x = async () => 1;\n"],
  ["localeCompare", 'export const x = "a".localeCompare("b");\n'],
];
const STYLE: [rule: string, path: string, text: string][] = [
  ["noExplicitAny", "src/channel/any.ts", "export const x = (value: any): unknown => value;\n"],
  ["noConsole", "src/channel/console.ts", 'export const x = () => console.log("x");\n'],
  ["noDefaultExport", "src/channel/default.ts", "export default 1;\n"],
];

test("lint passes a clean tree", () => {
  const { code, output } = lint();
  for (const part of ["layers", "purity", "rooms"]) expect(output).toMatch(new RegExp(`^${part}: .*0 problems$`, "m"));
  expect(code).toBe(0);
});

describe("npm run lint fails", () => {
  test.each([
    ["a forbidden import", "src/sds/planted.ts", LAYERS[0]?.[2] ?? "", "sds-is-pure: src/sds/planted.ts"],
    ["a Date in src/sds", "src/sds/planted.ts", IMPURITIES[0]?.[1] ?? "", "src/sds/planted.ts:1 uses Date"],
    ["a console in src", "src/channel/planted.ts", STYLE[1]?.[2] ?? "", "noConsole"],
  ])("for %s, and names the rule", (_what, path, text, named) => {
    plant(path, text);
    try {
      const { code, output } = lint();
      expect(output).toContain(named);
      expect(code).not.toBe(0);
    } finally {
      rmSync(join(copy, path));
    }
  });
});

test("npm run lint fails for a write to the state of another room, and the compiler names each", () => {
  const path = "src/sds/sync/planted.ts";
  plant(path, FOREIGN_WRITES);
  try {
    const { code, output } = lint();
    for (const refused of REFUSED_WRITES) expect(output).toContain(`${path}(${refused}`);
    expect(output.match(/error TS/g)).toHaveLength(REFUSED_WRITES.length);
    expect(code).not.toBe(0);
  } finally {
    rmSync(join(copy, path));
  }
});

test("the tables of rooms are noticed when they are stale, and renewed", () => {
  const path = join(copy, "docs/architecture.md");
  const page = readFileSync(path, "utf8");
  writeFileSync(path, page.replace("| [sync]", "| [synk]"));
  try {
    const { code, output } = run("node", "scripts/rooms.mjs");
    expect(output).toContain("stale-rooms: docs/architecture.md");
    expect(code).not.toBe(0);
    run("node", "scripts/rooms.mjs", "--write");
    expect(readFileSync(path, "utf8")).toBe(page);
  } finally {
    writeFileSync(path, page);
  }
});

describe("with everything planted at once", () => {
  let layers = { code: 0, output: "" };
  let purity = { code: 0, output: "" };
  let style = { code: 0, output: "" };

  beforeAll(() => {
    for (const [path, text] of [...SUPPORT, ...TYPES_ONLY, ...OWNERS]) plant(path, text);
    for (const [, path, text] of [...LAYERS, ...STYLE]) plant(path, text);
    IMPURITIES.forEach(([, text], index) => {
      plant(`src/sds/impure-${index}.ts`, text);
    });
    layers = run("node", "scripts/lint-layers.mjs");
    purity = run("node", "scripts/check-purity.mjs");
    style = run("node_modules/.bin/biome", "lint", "--max-diagnostics=none", "src/channel");
  });

  test.each(LAYERS)("%s is reported for %s", (rule, path) => {
    expect(layers.code).not.toBe(0);
    expect(layers.output).toContain(`${rule}: ${path}`);
  });

  test("a folder that has no place among the rooms is reported", () => {
    expect(layers.output).toContain("room-without-a-place: src/sds/attic is");
  });

  test.each(OWNERS)("own-state is not reported for %s", (path) => {
    expect(layers.output).not.toContain(`: ${path}`);
  });

  test.each(TYPES_ONLY)("sds-types-only is reported for %s", (path) => {
    expect(purity.code).not.toBe(0);
    expect(purity.output).toContain(`sds-types-only: ${path}`);
  });

  test.each(IMPURITIES.map(([name], index) => [name, index] as const))(
    "%s is reported in src/sds (%i)",
    (name, index) => {
      expect(purity.output).toContain(`sds-no-impurity: src/sds/impure-${index}.ts:1 uses ${name};`);
    },
  );

  test("and nothing else in src/sds", () => {
    const reported = purity.output.split("\n").filter((line) => line.startsWith("sds-no-impurity"));
    expect(new Set(reported.map((line) => line.split(":")[1]?.trim())).size).toBe(IMPURITIES.length);
  });

  test.each(STYLE)("%s is reported for %s", (rule, path) => {
    expect(style.code).not.toBe(0);
    const report = style.output.split("\n").find((line) => line.startsWith(path));
    expect(report).toContain(rule);
  });
});

describe("where there is nothing to look at", () => {
  test.each([
    ["lint-layers.mjs", "nothing-cruised"],
    ["check-purity.mjs", "nothing-checked"],
  ])("%s fails", (script, message) => {
    const empty = mkdtempSync(join(tmpdir(), "hearback-empty-"));
    try {
      const { code, output } = run(
        "node",
        "-e",
        `process.chdir(${JSON.stringify(empty)}); import("./scripts/${script}")`,
      );
      expect(output).toContain(message);
      expect(code).not.toBe(0);
    } finally {
      rmSync(empty, { recursive: true, force: true });
    }
  });
});
