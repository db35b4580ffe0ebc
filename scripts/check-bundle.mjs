/**
 * What a browser would refuse or a reviewer complain about in the built extension: `node scripts/check-bundle.mjs`, after
 * `npm run build:extension`. Prints the size of the background worker, exits 1 when something is wrong.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { WORKER_LIMIT_BYTES } from "./lib/worker-limit.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const problems = ["chrome", "firefox"].flatMap((browser) =>
  checkBuild(browser, join(ROOT, "dist", `extension-${browser}`)),
);
for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 ? 1 : 0);

function checkBuild(browser, folder) {
  if (!existsSync(join(folder, "manifest.json"))) return [`${browser}: not built; run npm run build:extension`];
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  const entry = manifest.background.service_worker ?? manifest.background.scripts[0];
  const worker = withImports(join(folder, entry));
  const bytes = worker.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
  console.log(`${browser}: background worker ${(bytes / 1000).toFixed(1)} kB gzip in ${worker.length} files`);
  const found = bytes > WORKER_LIMIT_BYTES ? [`${browser}: the worker is over ${WORKER_LIMIT_BYTES} bytes gzip`] : [];
  for (const file of worker) found.push(...checkWorkerFile(relative(folder, file), readFileSync(file, "utf8")));
  for (const file of filesOf(folder)) found.push(...checkFile(relative(folder, file), readFileSync(file, "utf8")));
  return found.map((problem) => (problem.startsWith(browser) ? problem : `${browser}: ${problem}`));
}

/** A service worker may not import later, and Vite's helper for that hides the error behind another one. */
function checkWorkerFile(name, text) {
  return /\bimport\s*\(/.test(text) ? [`${name} has an import(), which a service worker cannot do`] : [];
}

function checkFile(name, text) {
  const found = [];
  if (/(from|import)\s*["']node:/.test(text)) found.push(`${name} imports a module of Node`);
  for (const path of [ROOT, homedir()]) {
    if (path.length > 3 && text.includes(path)) found.push(`${name} holds a path of this machine`);
  }
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----|npm_[A-Za-z0-9]{36}|ghp_[A-Za-z0-9]{36}/.test(text))
    found.push(`${name} holds a secret`);
  return found;
}

/** A script and everything that it imports at once. */
function withImports(entry, seen = new Set()) {
  if (seen.has(entry)) return [];
  seen.add(entry);
  const imports = [...readFileSync(entry, "utf8").matchAll(/(?:from|import)\s*["'](\.[^"']+)["']/g)];
  return [entry, ...imports.flatMap(([, path]) => withImports(join(dirname(entry), path), seen))];
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && /\.(js|html|css|json)$/.test(file.name))
    .map((file) => join(file.parentPath ?? file.path, file.name));
}
