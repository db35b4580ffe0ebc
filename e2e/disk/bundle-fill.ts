import { join, resolve } from "node:path";
import { build } from "vite";

/** Puts `fill.js` into a folder that is served, or that is an extension. */
export async function bundleFill(folder: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: "warn",
    root: import.meta.dirname,
    build: {
      outDir: resolve(folder),
      emptyOutDir: false,
      modulePreload: false,
      target: "es2022",
      rolldownOptions: {
        input: { fill: join(import.meta.dirname, "fill.ts") },
        preserveEntrySignatures: "strict",
        output: { entryFileNames: "[name].js", chunkFileNames: "[name].js" },
      },
    },
  });
}
