/** The service node on this machine: is one there, start one, wait until it answers. Built-ins only. */
import { get } from "node:http";
import { connect } from "node:net";
import { startNodeServer } from "./processes.mjs";

const HOST = "127.0.0.1";
const START_LIMIT_MS = 60_000;
const RETRY_MS = 100;
const TAIL_LINES = 15;

/** True if anything listens on the port. */
export function isPortTaken(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port, timeout: 2_000 });
    const finish = (taken) => {
      socket.destroy();
      resolve(taken);
    };
    socket.once("connect", () => finish(true));
    socket.once("error", () => finish(false));
    socket.once("timeout", () => finish(false));
  });
}

/** True if a WebSocket can be opened on the port. */
function speaksWebSocket(port) {
  return new Promise((resolve) => {
    const headers = {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": Buffer.alloc(16, 1).toString("base64"),
    };
    const request = get({ host: HOST, port, headers, timeout: 2_000 });
    const finish = (yes) => {
      request.destroy();
      resolve(yes);
    };
    request.once("upgrade", (_response, socket) => {
      socket.destroy();
      finish(true);
    });
    request.once("response", () => finish(false));
    request.once("error", () => finish(false));
    request.once("timeout", () => finish(false));
  });
}

/**
 * Starts the service node and waits until it answers.
 * @param {string} root
 * @param {number} port
 * @returns {Promise<{ process: import("node:child_process").ChildProcess }>}
 * @throws {Error} with the node's last words if it ends or does not answer in time
 */
export async function startServiceNode(root, port) {
  const program = ["--import", "tsx", "node/service-node/main.ts", "--host", HOST, "--port", String(port)];
  const child = startNodeServer(program, { cwd: root });
  let words = "";
  const keep = (chunk) => {
    words = (words + chunk).split("\n").slice(-TAIL_LINES).join("\n");
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await speaksWebSocket(port))) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`The service node did not start:\n${words.trim()}`);
    }
    if (Date.now() > deadline) throw new Error(`The service node did not answer within a minute:\n${words.trim()}`);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  return { process: child };
}
