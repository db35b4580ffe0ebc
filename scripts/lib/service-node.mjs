/** Starts the service node on this machine and waits until it is ready. Built-ins only. */
import { join } from "node:path";
import { startNodeServer } from "./processes.mjs";

const START_LIMIT_MS = 60_000;
const TAIL_LINES = 15;
/** Exit code of the service node when the port is held by one of ours, of the same network. */
const EXIT_TAKEN_BY_OURS = 3;
const EXIT_TAKEN = 4;
const ADDRESS = /\/ip[46]\/\S+\/p2p\/\w+/;
/** Such as that messages are not kept, since SQLite could not be built. */
const WARNINGS = /^WARNING: .*$/gm;
const READY = /^service node ready: (\S+)$/m;

/**
 * Starts the service node.
 * @param {string} root the repository
 * @param {number} port 0 for any free one
 * @returns {Promise<{ process: import("node:child_process").ChildProcess | undefined, multiaddr: string }>}
 *   process is undefined when one of ours already answers on the port and can be used
 * @throws {Error} with the node's last words if it ends, or does not become ready in time
 */
export function startServiceNode(root, port) {
  const program = ["scripts/lib/service-node-in-one-file.mjs", "--host", "127.0.0.1", "--port", String(port)];
  // A node that is to be found again keeps what it was given; one on any free port is for a test and forgets.
  if (port !== 0) program.push("--data", join(root, ".cache", "service-node", String(port)));
  const child = startNodeServer(program, { cwd: root });
  let words = "";
  const lastWords = () => words.trim().split("\n").slice(-TAIL_LINES).join("\n");
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`${lastWords()}\nThe service node was not ready within ${START_LIMIT_MS / 1000} s.`));
    }, START_LIMIT_MS);
    const watch = (chunk) => {
      words += chunk;
      const ready = READY.exec(words);
      if (ready === null) return;
      clearTimeout(timer);
      for (const warning of words.match(WARNINGS) ?? []) console.warn(warning);
      for (const stream of [child.stdout, child.stderr]) stream.off("data", watch).resume();
      resolve({ process: child, multiaddr: ready[1] });
    };
    child.stdout.on("data", watch);
    child.stderr.on("data", watch);
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      const running = code === EXIT_TAKEN_BY_OURS ? ADDRESS.exec(words) : null;
      if (running !== null) resolve({ process: undefined, multiaddr: running[0] });
      else if (code === EXIT_TAKEN)
        reject(new Error(`Port ${port} is taken by another program. Stop it and try again.`));
      else reject(new Error(lastWords() || `The service node ended with code ${code} and no word.`));
    });
  });
}
