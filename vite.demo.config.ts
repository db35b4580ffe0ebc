import { fileURLToPath } from "node:url";
import preact from "@preact/preset-vite";
import { defineConfig } from "vite";
import { leftOutOfSdk } from "./scripts/lib/left-out-of-sdk.ts";
import { oneCopyPerVersion } from "./scripts/lib/one-copy-per-version.ts";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

// biome-ignore lint/style/noDefaultExport: vite reads its settings from the default export.
export default defineConfig({
  root: path("web-demo"),
  base: "./",
  plugins: [leftOutOfSdk(), oneCopyPerVersion(path(".")), preact()],
  worker: { format: "es", plugins: () => [leftOutOfSdk(), oneCopyPerVersion(path("."))] },
  resolve: {
    alias: {
      lodash: path("scripts/lib/lodash-for-sds.mjs"),
      "@waku/discovery": path("scripts/lib/no-discovery.mjs"),
      // Its usual build is for browsers of 2015.
      dexie: path("node_modules/dexie/dist/modern/dexie.mjs"),
    },
  },
  build: {
    outDir: path("dist/web-demo"),
    emptyOutDir: true,
    target: "es2022",
    sourcemap: true,
    // A worker holds a whole Waku node; its size has a limit of its own.
    chunkSizeWarningLimit: 1200,
  },
  server: { host: "127.0.0.1" },
});
