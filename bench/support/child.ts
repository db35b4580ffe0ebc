import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Runs a module of this folder in a process of its own and returns the one number it prints: memory and restarts are
 * measured on a heap that nothing else has touched.
 */
export function numberFromChild(module: URL, args: readonly (string | number)[]): Promise<number> {
  const flags = ["--expose-gc", "--max-old-space-size=8192"];
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
      const value = Number.parseFloat(output);
      if (code === 0 && Number.isFinite(value)) resolve(value);
      else reject(new Error(`${module.pathname} ended with code ${code} and said ${output.trim() || "nothing"}`));
    });
  });
}
