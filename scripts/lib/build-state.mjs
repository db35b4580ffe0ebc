/** Whether the built demo is up to date. Built-ins only. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const INPUTS = ["src", "web-demo", "package-lock.json", "vite.demo.config.ts", "tsconfig.base.json"];

/** The latest change below a path, of folders too: a deleted file changes its folder. */
function newest(path) {
  if (!existsSync(path)) return 0;
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

export function isDemoBuilt(root) {
  const page = join(root, "dist", "web-demo", "index.html");
  return existsSync(page) && statSync(page).mtimeMs > Math.max(...INPUTS.map((input) => newest(join(root, input))));
}
