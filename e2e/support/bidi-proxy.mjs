#!/usr/bin/env node
/**
 * Playwright starts this in place of Firefox. It starts the Firefox named by HEARBACK_FIREFOX with the same arguments and
 * stands between the two on the WebDriver BiDi connection, because three things are missing there: Playwright knows no way
 * to install an add-on in Firefox, a Firefox ESR does not know one command that Playwright always sends, and it does not
 * tell that a page of an add-on is closed, for which Playwright waits.
 * HEARBACK_ADDON: the folder of an add-on to install at the start of each session; nothing is installed without it.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { WebSocket, WebSocketServer } from "ws";

const LISTENING = /WebDriver BiDi listening on (ws:\/\/\S+)/;
/** Emulates dark mode and reduced motion; an ESR answers "unknown command", and Playwright gives up. */
const NOT_IN_ESR = new Set(["emulation.setMediaFeaturesOverride"]);
/** Larger than any id of Playwright's, which counts from 1. */
const INSTALL_ID = 2 ** 40;

/** So long the browser has to tell by itself that a page is closed. */
const CLOSED_WITHIN_MS = 300;

const { HEARBACK_FIREFOX: firefox, HEARBACK_ADDON: addon } = process.env;
if (firefox === undefined) throw new Error("HEARBACK_FIREFOX has to be the path of a Firefox.");

const browser = spawn(firefox, process.argv.slice(2), { stdio: ["inherit", "inherit", "pipe"] });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => browser.kill(signal));
browser.on("exit", (code) => process.exit(code ?? 1));

createInterface({ input: browser.stderr }).on("line", (line) => {
  const url = LISTENING.exec(line)?.[1];
  if (url === undefined) process.stderr.write(`${line}\n`);
  else listen(url);
});

function listen(browserUrl) {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("listening", () => {
    process.stderr.write(`WebDriver BiDi listening on ws://127.0.0.1:${server.address().port}\n`);
  });
  server.on("connection", (client, { url }) => relay(client, new WebSocket(`${browserUrl}${url}`)));
}

/** Passes everything on, both ways and in order, but for the three things above. */
function relay(client, session) {
  const early = [];
  /** Ids of commands whose answers matter here: creating the session, and closing pages with which context. */
  let creating = null;
  const closing = new Map();
  let created = "";

  client.on("message", (data) => {
    const text = data.toString();
    const { id, method, params } = JSON.parse(text);
    if (method === "session.new") creating = id;
    if (method === "browsingContext.close") closing.set(id, params.context);
    if (NOT_IN_ESR.has(method)) client.send(JSON.stringify({ type: "success", id, result: {} }));
    else if (session.readyState === WebSocket.OPEN) session.send(text);
    else early.push(text);
  });
  session.on("open", () => {
    for (const text of early.splice(0)) session.send(text);
  });
  session.on("message", (data) => {
    const text = data.toString();
    const answer = JSON.parse(text);
    if (answer.id === INSTALL_ID) {
      client.send(answer.type === "success" ? created : JSON.stringify({ ...answer, id: creating }));
    } else if (answer.id === creating && answer.type === "success" && addon !== undefined) {
      created = text;
      session.send(JSON.stringify({ id: INSTALL_ID, method: "webExtension.install", params: installation(addon) }));
    } else {
      client.send(text);
      if (closing.has(answer.id)) setTimeout(() => tellClosed(closing.get(answer.id)), CLOSED_WITHIN_MS);
    }
  });
  client.on("close", () => session.close());
  session.on("close", () => client.close());
  session.on("error", () => client.close());

  /** Playwright knows nothing more of a page of whose end it has heard, and passes over a second word of it. */
  function tellClosed(context) {
    const params = { context, url: "", children: null, parent: null, userContext: "default", originalOpener: null };
    client.send(JSON.stringify({ type: "event", method: "browsingContext.contextDestroyed", params }));
  }
}

const installation = (path) => ({ extensionData: { type: "path", path } });
