/**
 * Runs the service node out of one file, which is made whenever the sources changed since: tests and `npm start` start it
 * dozens of times, and from its sources that takes ten times the work (compiling, and looking up 700 modules).
 * Usage: node scripts/lib/service-node-in-one-file.mjs [options of the service node]
 */
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FOLDER = join(ROOT, ".cache", "service-node-program");
const ENTRY = "node/service-node/main.ts";
const SOURCES = ["node", "src"];
/** Younger ones may be in use by another run of the tests. */
const KEPT_MS = 24 * 60 * 60_000;

/** What of the sources decides whether a file that was made is still theirs: names, sizes and times of change. */
function stateOfSources() {
  const hash = createHash("sha256");
  const add = (path) => {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  };
  for (const folder of SOURCES) {
    const entries = readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true });
    for (const entry of entries)
      if (/\.[mc]?ts$/.test(entry.name)) add(join(entry.parentPath ?? entry.path, entry.name));
  }
  add(join(ROOT, "package-lock.json"));
  add(fileURLToPath(import.meta.url));
  return hash.digest("hex").slice(0, 16);
}

/** Several processes may do so at once: each makes its own, and any of them will do. */
async function make(program) {
  const { build } = await import("vite");
  const outDir = join(FOLDER, randomUUID());
  await build({
    ...{ root: ROOT, configFile: false, logLevel: "error" },
    // SQLite brings a part that is not JavaScript, and may not be there at all.
    ssr: { noExternal: true, external: ["better-sqlite3"] },
    build: {
      ...{ ssr: ENTRY, outDir, target: "node20", minify: false, copyPublicDir: false },
      rolldownOptions: { output: { entryFileNames: "main.mjs", codeSplitting: false } },
    },
  });
  renameSync(join(outDir, "main.mjs"), program);
  rmSync(outDir, { recursive: true });
  for (const name of readdirSync(FOLDER)) {
    const path = join(FOLDER, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}

const program = join(FOLDER, `${stateOfSources()}.mjs`);
if (!existsSync(program)) await make(program);
await import(pathToFileURL(program).href);
