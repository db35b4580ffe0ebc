/**
 * `npm start`: installs what is missing, builds the demo, starts the local service node (or uses the one that runs),
 * serves the demo and says where. Built-ins only, since it runs before anything is installed.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CHROMIUM_MISSING, ensureChromium } from "./lib/browsers.mjs";
import { isDemoBuilt, isExtensionBuilt } from "./lib/build-state.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { isStopping, run, stopAll, stopAllOnSignals } from "./lib/processes.mjs";
import { startServiceNode } from "./lib/service-node.mjs";
import { serveFolder } from "./lib/static-server.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BUILD_LIMIT_MS = 5 * 60_000;
const SMOKE_LIMIT_MS = 3 * 60_000;
/** The demo knows the local service node by this port. */
const NODE_PORT = 8645;
const DEMO_PORT = 5173;
const DEMO_PORTS_TRIED = 50;
const PARENT_CHECK_MS = 1_000;
const LAST_LINES = 25;
const HELP = `npm start [-- OPTION ...]

Builds the web demo, runs a Waku service node on this machine and serves the demo.

  --browser       then open a Chromium that has the extension loaded, with a profile of its own
  --smoke         then let two headless browser tabs exchange a message, print how long it took, and stop
  --port N        first port to try for the demo (default ${DEMO_PORT}; 0: any free one)
  --node-port N   port of the service node (default ${NODE_PORT}; 0: any free one)
  --help          this text

Environment: CHROMIUM_PATH, the browser for --browser and --smoke.`;

const NEXT_STEPS = `Open it, create a channel, and open the invite link in a second tab. Ctrl-C stops everything.
The extension: in chrome://extensions switch on "Developer mode", press "Load unpacked" and choose dist/extension-chrome;
or let npm start -- --browser open a Chromium that has it. Firefox: npm run build:extension, then in about:debugging,
"This Firefox", "Load Temporary Add-on", dist/extension-firefox/manifest.json.`;

/** A failure that its message explains; printed without a stack. */
class StartError extends Error {}

function fail(message) {
  console.error(`${message}. See npm start -- --help`);
  process.exit(2);
}

function portOf(name, text) {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) fail(`--${name} must be a port from 0 to 65535, not "${text}"`);
  return port;
}

function readOptions() {
  const options = {
    browser: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
    port: { type: "string", default: String(DEMO_PORT) },
    "node-port": { type: "string", default: String(NODE_PORT) },
    help: { type: "boolean", default: false },
  };
  try {
    const { values } = parseArgs({ options, allowPositionals: false });
    const ports = { port: portOf("port", values.port), nodePort: portOf("node-port", values["node-port"]) };
    return { browser: values.browser, smoke: values.smoke, help: values.help, ...ports };
  } catch (error) {
    return fail(error.message.split(". ")[0]);
  }
}

function lastLines(text) {
  return text.trimEnd().split("\n").slice(-LAST_LINES).join("\n");
}

async function install() {
  console.log("Looking at the installed packages ...");
  const { ok, installed, output } = await ensureInstalled(ROOT);
  if (!ok)
    throw new StartError(`${lastLines(output)}\nThe packages could not be installed (npm ci failed, see above).`);
  if (installed) console.log("Packages installed.");
}

async function buildDemo() {
  if (!isDemoBuilt(ROOT)) await build("demo", "-c", "vite.demo.config.ts");
}

async function buildExtension() {
  if (!isExtensionBuilt(ROOT)) await build("extension", "-c", "vite.extension.config.ts", "--mode", "chrome");
}

async function build(what, ...options) {
  console.log(`Building the ${what} ...`);
  const vite = join(ROOT, "node_modules", ".bin", "vite");
  const { code, output } = await run(vite, ["build", ...options], { cwd: ROOT, timeoutMs: BUILD_LIMIT_MS });
  if (code !== 0) throw new StartError(`${lastLines(output)}\nThe ${what} could not be built, see above.`);
}

/** Starts the service node, or leaves the one in place that answers as ours. */
async function provideServiceNode(port) {
  console.log("Starting the service node ...");
  const node = await startServiceNode(ROOT, port).catch((error) => {
    throw new StartError(error.message);
  });
  if (node.process === undefined) console.log(`Using the service node that already runs on port ${port}.`);
  return node;
}

async function serveDemo(firstPort) {
  const ports = firstPort === 0 ? [0] : Array.from({ length: DEMO_PORTS_TRIED }, (_, index) => firstPort + index);
  return serveFolder(join(ROOT, "dist", "web-demo"), { ports });
}

/** The process above `pid`, where the system tells (Linux). */
function parentOf(pid) {
  try {
    // The name in parentheses may hold anything; state and parent follow it.
    return Number(/^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1]);
  } catch {
    return undefined;
  }
}

/** Those between us and npm, npm's own process included: npm starts scripts by a shell, which may stay in between. */
function ancestorsUpToNpm() {
  const shell = process.ppid;
  let isShell = false;
  try {
    isShell = readFileSync(`/proc/${shell}/cmdline`, "utf8").split("\0")[1] === "-c";
  } catch {
    // Not Linux: then only the direct parent is watched.
  }
  return isShell ? [shell, parentOf(shell)] : [shell];
}

/** Under npm, notices that npm was killed outright and stops as well. */
function stopWithParent(stop) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const [parent, npm] = ancestorsUpToNpm();
  const timer = setInterval(() => {
    if (process.ppid !== parent || (npm !== undefined && parentOf(parent) !== npm)) void stop();
  }, PARENT_CHECK_MS);
  timer.unref();
}

async function chromiumPath() {
  const chromium = await ensureChromium();
  if (chromium.path === undefined) throw new StartError(chromium.output || CHROMIUM_MISSING);
  return chromium.path;
}

/** A Chromium with the extension and the demo; closing it leaves the rest running. */
async function openBrowser(url) {
  if (process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    throw new StartError("--browser needs a screen: there is no DISPLAY here. Start it from a desktop session.");
  }
  const extension = join(ROOT, "dist", "extension-chrome");
  const args = [
    `--user-data-dir=${join(ROOT, ".cache", "browser")}`,
    `--disable-extensions-except=${extension}`,
    `--load-extension=${extension}`,
    "--no-first-run",
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    url,
  ];
  console.log("Opening Chromium with the extension; its button is behind the puzzle piece in the toolbar.");
  const { code, output } = await run(await chromiumPath(), args, { cwd: ROOT });
  if (code !== 0 && !isStopping()) console.error(`${lastLines(output)}\nChromium ended with code ${code}.`);
}

async function smoke(url) {
  const env = { ...process.env, CHROMIUM_PATH: await chromiumPath() };
  const args = ["--import", "tsx", "e2e/smoke.ts", url];
  const { code } = await run(process.execPath, args, { cwd: ROOT, env, live: true, timeoutMs: SMOKE_LIMIT_MS });
  if (code !== 0) throw new StartError("The smoke test failed, see above.");
}

async function main() {
  const options = readOptions();
  if (options.help) {
    console.log(HELP);
    return;
  }
  stopAllOnSignals();
  stopWithParent(async () => {
    await stopAll();
    process.exit(1);
  });
  await install();
  const builds = options.smoke ? buildDemo() : buildDemo().then(buildExtension);
  const [, node] = await Promise.all([builds, provideServiceNode(options.nodePort)]);
  const demo = await serveDemo(options.port);
  const url = options.nodePort === NODE_PORT ? demo.url : `${demo.url}?node=${node.multiaddr}`;
  console.log(`Hearback is ready: ${url}`);
  if (options.smoke) {
    await smoke(url);
    await Promise.all([stopAll(), demo.close()]);
    return;
  }
  console.log(NEXT_STEPS);
  if (options.browser) void openBrowser(url).catch((error) => console.error(error.message));
  node.process?.once("exit", () => {
    if (!isStopping()) console.error("The service node has stopped; messages will not get out. Run npm start again.");
  });
}

try {
  await main();
} catch (error) {
  console.error(error instanceof StartError ? error.message : `npm start failed: ${error.message}`);
  await stopAll();
  process.exit(1);
}
