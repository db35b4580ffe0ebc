import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { declaredIn, declaredNames } from "./lib/declared-names.mjs";
import { FOLDERS, HOUSES, NO_ROOMS, reachOf, roomsOf, TOP } from "./lib/rooms.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MAX_LINES = 25;
/** Houses whose rooms keep clauses of docs/protocol.md, and say which. */
const WITH_CLAUSES = /^src\/(sds|channel)\//;

const ROOMS = HOUSES.flatMap((house) =>
  roomsOf(house).map(({ name, answers }) => [`${house.folder}/${name}`, answers] as const),
);
const READMES = [...ROOMS, ...FOLDERS.map(({ folder, answers }) => [folder, answers] as const)];
const inSource = declaredIn(join(ROOT, "src"));

describe("the order of rooms", () => {
  test.each(HOUSES.map((house) => [house.folder, house] as const))(
    "has a place for each folder of %s",
    (folder, house) => {
      const folders = readdirSync(join(ROOT, folder), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && !NO_ROOMS.has(entry.name))
        .map(({ name }) => name);
      const rooms = roomsOf(house).map(({ name }) => name);
      expect([...rooms].sort()).toEqual(folders.sort());
    },
  );

  test("lets a room import itself and the floors below, and the files at the top of a house all of it", () => {
    const house = (folder: string) => HOUSES.find((one) => one.folder === folder);
    const [sds, channel] = [house("src/sds"), house("src/channel")];
    if (sds === undefined || channel === undefined) throw new Error("A house is missing");
    expect(reachOf(sds).get("wire")).toEqual(["parameters", "collections", "wire"]);
    expect(reachOf(sds).get("io")).toEqual(["parameters", "collections", "wire", "filter", "io"]);
    expect(reachOf(sds).get(TOP)).toHaveLength(roomsOf(sds).length + 1);
    expect(reachOf(channel).get(TOP)).not.toContain("host");
    expect(reachOf(channel).get("host")).toContain(TOP);
  });
});

describe.each(READMES)("%s/README.md", (folder, answers) => {
  const path = join(ROOT, folder, "README.md");
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";

  test("is there, short, and begins with the question that the folder answers", () => {
    const lines = text.trimEnd().split("\n");
    expect(lines.slice(0, 3)).toEqual([`# ${folder}`, "", answers]);
    expect(lines.length).toBeLessThanOrEqual(MAX_LINES);
    expect(text).toContain("\nLook first at ");
    if (WITH_CLAUSES.test(folder)) expect(text).toMatch(/^Clauses: .*section/m);
  });

  test("names nothing that is not there", () => {
    const here = declaredIn(join(ROOT, folder));
    const spans = [...text.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span.replace(/\s+/g, " "));
    expect(spans.length).toBeGreaterThan(2);
    expect(spans.filter((span) => !isThere(span, folder, here))).toEqual([]);
  });
});

/** Packages, commands, and names of the platform. */
const OF_OTHERS = /^(@waku\/sds|npm (run|test) .*|postMessage)$/;

/** A function of the folder, a file or folder, a slice of the state, or anything that the source declares. */
function isThere(span: string, folder: string, here: ReadonlySet<string>): boolean {
  const called = /^(\w+)\(\)$/.exec(span)?.[1];
  if (called !== undefined) return here.has(called);
  const slice = /^state\.(\w+)$/.exec(span)?.[1];
  if (slice !== undefined) return new RegExp(`^ {4}${slice}: `, "m").test(STATE);
  if (OF_OTHERS.test(span) || here.has(span) || inSource.has(span)) return true;
  return [folder, "."].some((from) => existsSync(join(ROOT, from, span)));
}

/** Each code span of a file, with the names that follow it in code spans of their own. */
function namedAfterFiles(text: string): [file: string, name: string | null][] {
  const named: [file: string, name: string | null][] = [];
  let file = "";
  for (const [, span = ""] of text.matchAll(/`([^`]+)`/g)) {
    const isFile = span.includes("/");
    if (isFile) file = span;
    named.push([file, isFile ? null : span]);
  }
  return named;
}

describe("docs/architecture.md", () => {
  const page = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
  const life = /\n## The life of a message\n.*?(?=\n## )/s.exec(page)?.[0] ?? "";

  test("tells the life of a message by functions that are in the files it names", () => {
    const [, steps = ""] = life.split("\nOut:\n");
    const named = namedAfterFiles(steps);
    expect(new Set(named.map(([file]) => file)).size).toBeGreaterThan(20);
    expect(named.filter(([file]) => !existsSync(join(ROOT, file)))).toEqual([]);
    const names = named.filter(([, name]) => name !== null);
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter(([file, name]) => !declaredNames(join(ROOT, file)).has(name ?? ""))).toEqual([]);
  });
});

test.each([
  ["docs/architecture.md", 60],
  ["CONTRIBUTING.md", 40],
  ["docs/style.md", 2],
  ["examples/README.md", 2],
])("%s names no file that is gone", (document, fewest) => {
  const page = readFileSync(join(ROOT, document), "utf8");
  const spans = [...page.matchAll(/`([\w.-]+\/[\w./-]+)`/g)].map(([, path = ""]) => path);
  const paths = spans.filter((path) =>
    /^(src|sim|node|e2e|bench|examples|scripts|docs|web-demo|extension)\//.test(path),
  );
  expect(paths.length).toBeGreaterThanOrEqual(fewest);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

const STATE = readFileSync(join(ROOT, "src/sds/channel-state.ts"), "utf8");
