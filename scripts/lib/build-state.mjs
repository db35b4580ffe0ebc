/** Whether what is built is up to date. Built-ins only. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const SHARED_INPUTS = ["src", "package-lock.json", "tsconfig.base.json"];
const DEMO_INPUTS = [...SHARED_INPUTS, "web-demo", "vite.demo.config.ts"];
const EXTENSION_INPUTS = [...SHARED_INPUTS, "extension", "manifest.json", "vite.extension.config.ts"];

/** The latest change below a path, of folders too: a deleted file changes its folder. */
function newest(path) {
  if (!existsSync(path)) return 0;
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

export function isDemoBuilt(root) {
  return isNewer(root, join(root, "dist", "web-demo", "index.html"), DEMO_INPUTS);
}

export function isExtensionBuilt(root) {
  return isNewer(root, join(root, "dist", "extension-chrome", "manifest.json"), EXTENSION_INPUTS);
}

function isNewer(root, built, inputs) {
  return existsSync(built) && statSync(built).mtimeMs > Math.max(...inputs.map((input) => newest(join(root, input))));
}
