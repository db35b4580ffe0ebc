/**
 * `npm run check:package`: the library as somebody else gets it. Packs it, installs the package into an empty folder,
 * type-checks the README's snippet against its types, and runs the snippet in Node. Then two participants who have only
 * the package exchange a message over a real service node, on what Node 20 has.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run as runChild, stopAll, stopAllOnSignals } from "./lib/processes.mjs";
import { startServiceNode } from "./lib/service-node.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SECTION = "## Use it as a library";
const EXPECTED = "received by all 1";
const TALK = fileURLToPath(new URL("lib/talk-over-waku.mjs", import.meta.url));
const TALKED = "over a service node: Hello Bob";
const NPM = process.platform === "win32" ? "npm.cmd" : "npm";
const MINUTE = 60_000;

/** The output of a program; throws with it when the program fails. */
function run(command, args, cwd, timeout = 5 * MINUTE) {
  try {
    return execFileSync(command, args, { cwd, timeout, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    throw new Error(`${command} ${args.join(" ")} failed:\n${error.stdout ?? ""}${error.stderr ?? ""}`, {
      cause: error,
    });
  }
}

/** The one TypeScript block of the README's section. */
function snippetOfReadme() {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const start = readme.indexOf(SECTION);
  const section = readme.slice(start, readme.indexOf("\n## ", start + 1));
  const snippet = /```ts\n([\s\S]*?)```/.exec(section)?.[1];
  if (start < 0 || snippet === undefined) throw new Error(`README.md needs "${SECTION}" with a \`\`\`ts block in it.`);
  return snippet;
}

function pack(folder) {
  run(NPM, ["run", "--silent", "build:lib"], ROOT);
  run(NPM, ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], ROOT);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack made no package.");
  return tarball;
}

/** From npm's cache where everything is in it, otherwise with the registry's help. */
function install(folder, tarball) {
  const args = ["install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", `./${tarball}`];
  try {
    run(NPM, [...args, "--offline"], folder);
  } catch {
    run(NPM, [...args, "--prefer-offline"], folder, 10 * MINUTE);
  }
}

/** Errors in our own declarations count, those in other people's packages do not. */
function typeCheck(folder) {
  const compilerOptions = {
    target: "es2023",
    module: "nodenext",
    strict: true,
    skipLibCheck: false,
    exactOptionalPropertyTypes: true,
    lib: ["es2023", "dom"],
    types: [],
    outDir: "out",
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["snippet.ts"] }));
  let output = "";
  try {
    run(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", ".", "--pretty", "false"], folder);
  } catch (error) {
    output = error.message;
  }
  const ours = output.split("\n").filter((line) => /^(snippet\.ts|node_modules\/hearback\/)/.test(line));
  if (ours.length > 0) throw new Error(`The package's types do not hold:\n${ours.join("\n")}`);
}

/** The service node is this repository's, on a free port of this machine; the folder has the package alone. */
async function talkOverWaku(folder) {
  const program = join(folder, "talk-over-waku.mjs");
  copyFileSync(TALK, program);
  const { multiaddr } = await startServiceNode(ROOT, 0);
  const { code, output } = await runChild(process.execPath, [program, multiaddr], { cwd: folder, timeoutMs: MINUTE });
  if (code === 0 && output.trim() === TALKED) return;
  throw new Error(`Two participants with the package could not talk over a service node:\n${output}`);
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), "hearback-package-"));
  try {
    const snippet = snippetOfReadme();
    const tarball = pack(folder);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
    install(folder, tarball);
    writeFileSync(join(folder, "snippet.ts"), snippet);
    typeCheck(folder);
    const output = run(process.execPath, ["out/snippet.js"], folder, MINUTE);
    if (output.trim() !== EXPECTED) throw new Error(`The snippet printed ${JSON.stringify(output)}.`);
    await talkOverWaku(folder);
    console.log(`package: ${tarball} installs, its types hold, and the README's snippet prints "${EXPECTED}"`);
    console.log(`package: two participants talk over a service node on Node ${process.versions.node}`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  } finally {
    await stopAll();
    rmSync(folder, { recursive: true, force: true });
  }
}

stopAllOnSignals();
await main();
