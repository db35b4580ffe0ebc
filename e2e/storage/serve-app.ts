import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { serveFolder } from "../../scripts/lib/static-server.mjs";

const HTML = `<!doctype html><meta charset="utf-8"><title>Storage</title><script type="module" src="page.js"></script>`;

export interface ServedApp {
  readonly url: string;
  close(): Promise<void>;
}

/** Bundles the page and its worker into a temporary folder and serves them on a free port of this machine. */
export async function serveApp(): Promise<ServedApp> {
  const folder = await mkdtemp(join(tmpdir(), "hearback-storage-"));
  await bundle(folder);
  await writeFile(join(folder, "index.html"), HTML);
  const server = await serveFolder(folder);
  return {
    url: server.url,
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function bundle(folder: string): Promise<void> {
  const app = (file: string): string => join(import.meta.dirname, "app", file);
  await build({
    configFile: false,
    logLevel: "warn",
    root: app("."),
    build: {
      outDir: folder,
      emptyOutDir: true,
      modulePreload: false,
      target: "es2023",
      rolldownOptions: {
        input: { page: app("page.ts"), worker: app("worker.ts") },
        output: { entryFileNames: "[name].js", chunkFileNames: "[name].js" },
      },
    },
  });
}
