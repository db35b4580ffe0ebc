/**
 * Runs the service node out of one file: tests and `npm start` start it dozens of times, and from its sources that takes ten
 * times the work (compiling, and looking up some 700 modules).
 * Usage: node scripts/lib/service-node-in-one-file.mjs [options of the service node]
 */
import { fileURLToPath, pathToFileURL } from "node:url";
import { oneFileProgram } from "./one-file-program.mjs";

const program = await oneFileProgram({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  entry: "node/service-node/main.ts",
  sources: ["node", "src"],
  folder: ".cache/service-node-program",
  // SQLite brings a part that is not JavaScript, and may not be there at all.
  external: ["better-sqlite3"],
});
await import(pathToFileURL(program).href);
