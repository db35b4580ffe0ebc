import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const stub = fileURLToPath(new URL("left-out-of-sdk.stub.mjs", import.meta.url));
const PACKAGE = "/node_modules/@waku/sdk/dist/";
const OF_WAKU = /\/node_modules\/@waku\/[^/]+\/dist\//;

/**
 * Modules of @waku/sdk that its node names and never calls as Hearback sets it up (`src/transport/waku/node/light-node.ts`):
 * lightpush, of which there is a client of our own, and waiting for service nodes, which `ServiceLink` dials. `stub` stands in.
 */
export const LEFT_OUT = ["light_push/light_push.js", "waku/wait_for_remote_peer.js"] as const;

/**
 * Leaves out of a bundle what the SDK brings along and nobody calls. The packages of Waku's only define things, and do not say
 * so in their package.json: without that the bundler keeps each module whose definitions it cannot see through.
 */
export function leftOutOfSdk(): Plugin {
  return {
    name: "left-out-of-sdk",
    enforce: "pre",
    resolveId: (source, importer) => {
      if (importer === undefined || !source.startsWith(".")) return null;
      const at = importer.indexOf(PACKAGE);
      if (at === -1) return null;
      const path = new URL(source, `file:///${importer.slice(at + PACKAGE.length)}`).pathname.slice(1);
      return LEFT_OUT.some((name) => name === path) ? stub : null;
    },
    transform: (code, id) => (OF_WAKU.test(id) ? { code, map: null, moduleSideEffects: false } : null),
  };
}
