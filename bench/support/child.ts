import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const FLAGS = ["--expose-gc", "--max-old-space-size=8192"];

/**
 * Runs a module of this folder in a process of its own and returns the one number it prints: memory and restarts are
 * measured on a heap that nothing else has touched.
 */
export async function numberFromChild(module: URL, args: readonly (string | number)[]): Promise<number> {
  const output = await wordsFromChild(module, args, FLAGS);
  const value = Number.parseFloat(output);
  if (Number.isFinite(value)) return value;
  throw new Error(`${module.pathname} said ${output.trim() || "nothing"}`);
}

/** The same for whatever it prints. `flags` are for Node. */
export function wordsFromChild(
  module: URL,
  args: readonly (string | number)[],
  flags: readonly string[],
): Promise<string> {
  const child = spawn(process.execPath, [...flags, fileURLToPath(module), ...args.map(String)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${module.pathname} ended with code ${code} and said ${output.trim() || "nothing"}`));
    });
  });
}
