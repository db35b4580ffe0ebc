import { fileURLToPath } from "node:url";
import { crx, type ManifestV3Export } from "@crxjs/vite-plugin";
import preact from "@preact/preset-vite";
import { defineConfig } from "vite";
import { type ChromeManifest, firefoxManifest } from "./extension/manifest/firefox-manifest.ts";
import manifest from "./manifest.json" with { type: "json" };
import { leftOutOfSdk } from "./scripts/lib/left-out-of-sdk.ts";
import { minifyOnceMore } from "./scripts/lib/minify-once-more.ts";
import { oneCopyPerVersion } from "./scripts/lib/one-copy-per-version.ts";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const pages = ["popup", "panel", "tab"].map((name) => path(`extension/app/${name}.html`));

/** `vite build -c vite.extension.config.ts --mode chrome` or `--mode firefox`. */
// biome-ignore lint/style/noDefaultExport: vite reads its settings from the default export.
export default defineConfig(({ mode, command }) => {
  const browser = mode === "firefox" ? "firefox" : "chrome";
  const chromeManifest = manifest as ChromeManifest;
  const own = browser === "firefox" ? firefoxManifest(chromeManifest) : chromeManifest;
  const outDir = command === "serve" ? `.cache/dev-extension-${browser}` : `dist/extension-${browser}`;
  return {
    root: path("."),
    publicDir: path("extension/public"),
    plugins: [
      leftOutOfSdk(),
      oneCopyPerVersion(path(".")),
      preact(),
      crx({ manifest: own as unknown as ManifestV3Export, browser }),
      minifyOnceMore(),
    ],
    resolve: {
      alias: {
        lodash: path("scripts/lib/lodash-for-sds.mjs"),
        "@waku/discovery": path("scripts/lib/no-discovery.mjs"),
        // Its usual build is for browsers of 2015.
        dexie: path("node_modules/dexie/dist/modern/dexie.mjs"),
      },
    },
    build: {
      outDir: path(outDir),
      emptyOutDir: true,
      target: "es2022",
      // What a browser installs is what was reviewed: no paths of this machine, no sources beside it.
      sourcemap: false,
      modulePreload: false,
      chunkSizeWarningLimit: 1200,
      // crxjs builds the pages that the manifest names in a way that it knows; these are all there are.
      rolldownOptions: { input: pages },
    },
    server: { host: "127.0.0.1" },
  };
});
