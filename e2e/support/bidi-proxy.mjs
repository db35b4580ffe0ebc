#!/usr/bin/env node
/**
 * Playwright starts this in place of Firefox. It starts the Firefox named by HEARBACK_FIREFOX with the same arguments and
 * stands between the two on the WebDriver BiDi connection, because Playwright knows no way to install an add-on in Firefox,
 * a Firefox ESR does not know one command that Playwright always sends, and Firefox's BiDi passes over the pages of add-ons
 * (bug 1755014): it tells nothing of them by itself, not their JavaScript realm, that they have loaded, their errors, nor
 * their end. A realm is told of once a command is sent to the page, so without one Playwright waits for it for ever.
 * HEARBACK_ADDON: the folder of an add-on to install at the start of each session; nothing is installed without it.
 * HEARBACK_ERRORS: the file to which uncaught errors of scripts are written, one a line; without it they are not.
 */
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { WebSocket, WebSocketServer } from "ws";

const LISTENING = /WebDriver BiDi listening on (ws:\/\/\S+)/;
/** How Firefox writes an error that no script caught, of any page, where its preferences let it. */
const UNCAUGHT = /^JavaScript error: (.*)/;
/** Emulates dark mode and reduced motion; an ESR answers "unknown command", and Playwright gives up. */
const NOT_IN_ESR = new Set(["emulation.setMediaFeaturesOverride"]);
/** Own commands have ids from here on, larger than any of Playwright's, which counts from 1. */
const INSTALL_ID = 2 ** 40;
const FIRST_WAKE_ID = INSTALL_ID + 1;

/** So long the browser has to tell by itself that a page is closed. */
const CLOSED_WITHIN_MS = 300;

/** Resolves to the address of the page once all of it is loaded. */
const LOADED = `new Promise((resolve) => {
  const tell = () => resolve(document.URL);
  if (document.readyState === "complete") tell();
  else addEventListener("load", tell, { once: true });
})`;

const { HEARBACK_FIREFOX: firefox, HEARBACK_ADDON: addon, HEARBACK_ERRORS: errors } = process.env;
if (firefox === undefined) throw new Error("HEARBACK_FIREFOX has to be the path of a Firefox.");

const browser = spawn(firefox, process.argv.slice(2), { stdio: ["inherit", "inherit", "pipe"] });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => browser.kill(signal));
// Not on "exit": its last words may not be read by then.
browser.on("close", (code) => process.exit(code ?? 1));

createInterface({ input: browser.stderr }).on("line", (line) => {
  const url = LISTENING.exec(line)?.[1];
  if (url === undefined) process.stderr.write(`${line}\n`);
  else listen(url);
  const error = UNCAUGHT.exec(line)?.[1];
  if (error !== undefined && errors !== undefined) appendFileSync(errors, `${error}\n`);
});

function listen(browserUrl) {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("listening", () => {
    process.stderr.write(`WebDriver BiDi listening on ws://127.0.0.1:${server.address().port}\n`);
  });
  server.on("connection", (client, { url }) => relay(client, new WebSocket(`${browserUrl}${url}`)));
}

/** Passes everything on, both ways and in order, but for what is said above. */
function relay(client, session) {
  const early = [];
  /** Ids of commands whose answers matter here: creating the session, closing pages, and waking those of add-ons. */
  let creating = null;
  const closing = new Map();
  const waking = new Map();
  let nextWakeId = FIRST_WAKE_ID;
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
    } else if (waking.has(answer.id)) {
      tellLoaded(waking.get(answer.id), answer);
      waking.delete(answer.id);
    } else {
      client.send(text);
      if (closing.has(answer.id)) setTimeout(() => tellClosed(closing.get(answer.id)), CLOSED_WITHIN_MS);
      if (showsAddon(answer)) wake(answer.params);
    }
  });
  client.on("close", () => session.close());
  session.on("close", () => client.close());
  session.on("error", () => client.close());

  /** From the first command on that reaches the page, Firefox tells of its realms. */
  function wake(page) {
    const id = nextWakeId++;
    waking.set(id, page);
    const params = { expression: LOADED, target: { context: page.context }, awaitPromise: true };
    session.send(JSON.stringify({ id, method: "script.evaluate", params }));
  }

  /** No success means that the page is gone already: closed, or left for another, of which is told by itself. */
  function tellLoaded({ context, navigation }, { type, result }) {
    if (type !== "success" || result.type !== "success") return;
    const params = { context, navigation, timestamp: Date.now(), url: result.result.value };
    for (const name of ["domContentLoaded", "load"]) tell(`browsingContext.${name}`, params);
  }

  /** Playwright knows nothing more of a page of whose end it has heard, and passes over a second word of it. */
  function tellClosed(context) {
    const params = { context, url: "", children: null, parent: null, userContext: "default", originalOpener: null };
    tell("browsingContext.contextDestroyed", params);
  }

  function tell(method, params) {
    client.send(JSON.stringify({ type: "event", method, params }));
  }
}

const installation = (path) => ({ extensionData: { type: "path", path } });

/** Whether an event says that a page of an add-on has taken the place of what was there before. */
const showsAddon = ({ method, params }) =>
  method === "browsingContext.navigationCommitted" && params.url.startsWith("moz-extension:");
