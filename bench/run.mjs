/** Compiles bench/ and src/ to plain JavaScript, as a bundler would take it, and runs main.ts with the arguments given. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

run("node_modules/typescript/bin/tsc", "-p", "bench/tsconfig.run.json");
run("--max-old-space-size=8192", ".cache/bench/bench/main.js", ...process.argv.slice(2));
