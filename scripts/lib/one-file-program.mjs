/** Programs of TypeScript made into one file each: tests start them dozens of times. */
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** Younger ones may be in use by another run of the tests. */
const KEPT_MS = 24 * 60 * 60_000;

/**
 * @typedef {{ root: string, entry: string, sources: readonly string[], folder: string, external: readonly string[] }} Program
 *   entry: the program's file; sources: folders of all that it may import; folder: where what is made is kept;
 *   external: packages that stay outside. Paths are relative to the root.
 */

/**
 * The program in one file, which is made when none is there of the sources as they are now.
 * @param {Program} program
 * @returns {Promise<string>} its path
 */
export async function oneFileProgram(program) {
  const path = join(program.root, program.folder, `${stateOfSources(program)}.mjs`);
  if (!existsSync(path)) await make(program, path);
  return path;
}

/** What decides whether a file that was made is still that of the sources: their names, sizes and times of change. */
function stateOfSources({ root, entry, sources }) {
  const hash = createHash("sha256").update(entry);
  const add = (path) => {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  };
  for (const source of sources) {
    for (const path of readdirSync(join(root, source), { recursive: true })) {
      if (/\.(ts|json)$/.test(path)) add(join(source, path));
    }
  }
  if (existsSync(join(root, "package-lock.json"))) add("package-lock.json");
  return hash.digest("hex").slice(0, 16);
}

/** Several processes may do so at once: each makes its own, and any of them will do. */
async function make({ root, entry, folder, external }, path) {
  const { build } = await import("vite");
  const outDir = join(root, folder, randomUUID());
  try {
    await build({
      ...{ root, configFile: false, logLevel: "error" },
      ssr: { noExternal: true, external: [...external] },
      build: {
        ...{ ssr: entry, outDir, target: "node20", minify: false, copyPublicDir: false },
        rolldownOptions: { output: { entryFileNames: "main.mjs", codeSplitting: false } },
      },
    });
    renameSync(join(outDir, "main.mjs"), path);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
  removeOld(join(root, folder));
}

function removeOld(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const changedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - changedAt > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}
