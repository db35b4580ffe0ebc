import { fileURLToPath } from "node:url";
import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

// biome-ignore lint/style/noDefaultExport: vite reads its settings from the default export.
export default defineConfig({
  root: fileURLToPath(new URL("web-demo", import.meta.url)),
  base: "./",
  plugins: [preact()],
  worker: { format: "es" },
  build: {
    outDir: fileURLToPath(new URL("dist/web-demo", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    sourcemap: true,
  },
  server: { host: "127.0.0.1" },
});
