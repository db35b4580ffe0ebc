/** Brings node_modules in line with package-lock.json. Built-ins only. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./processes.mjs";

const INSTALL_LIMIT_MS = 10 * 60_000;

function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, "utf8")).packages ?? {};
}

/** True if node_modules holds exactly what package-lock.json asks for (optional packages for other systems aside). */
export function isInstalled(root) {
  const installedLock = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedLock)) return false;
  const installed = packagesOf(installedLock);
  return Object.entries(packagesOf(join(root, "package-lock.json"))).every(([path, wanted]) => {
    if (path === "") return true;
    const have = installed[path];
    return have === undefined ? wanted.optional === true || wanted.peer === true : have.version === wanted.version;
  });
}

/** The npm that started us, else the one on PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  return script?.endsWith(".js") ? { command: process.execPath, prefix: [script] } : { command: "npm", prefix: [] };
}

/**
 * Installs if needed, and only then.
 * @param {string} root
 * @param {{ live?: boolean }} [options]
 * @returns {Promise<{ ok: boolean, installed: boolean, output: string }>}
 */
export async function ensureInstalled(root, options = {}) {
  if (isInstalled(root)) return { ok: true, installed: false, output: "node_modules is up to date" };
  const { command, prefix } = npmCommand();
  // Development packages are part of building and testing, whatever NODE_ENV says.
  const args = [...prefix, "ci", "--include=dev", "--no-audit", "--no-fund"];
  const { code, output } = await run(command, args, { cwd: root, timeoutMs: INSTALL_LIMIT_MS, live: options.live });
  return { ok: code === 0, installed: code === 0, output };
}
