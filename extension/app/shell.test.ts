import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runtimePort } from "../../src/bridge/ports/runtime-port.ts";
import { serveHost } from "../../src/bridge/server/serve-host.ts";
import { runtimePortPair } from "../../src/bridge/testing/runtime-port-pair.ts";
import { createTestHost, type TestHost } from "../../src/bridge/testing/test-host.ts";
import { ChannelError } from "../../src/channel/api/channel-client.ts";
import type { ChannelSummary } from "../../src/channel/api/channel-host.ts";
import { QUICK } from "../../src/channel/testing/contract-fixture.ts";
import type { ChannelId } from "../../src/sds/wire/ids.ts";
import { BRIDGE_PORT, channelFragment } from "../platform/names.ts";
import { browserApi } from "../testing/extension-api.ts";
import { draftsOf } from "./drafts.ts";
import { Shell } from "./shell.ts";
import type { ViewKind } from "./views.ts";

let host: TestHost;
let stored: Map<string, string>;
let page: EventTarget;
let address: { hash: string; pathname: string };
const shells: Shell[] = [];

beforeEach(() => {
  host = createTestHost();
  browserApi.connect = (name) => {
    expect(name).toBe(BRIDGE_PORT);
    const [near, far] = runtimePortPair();
    serveHost(runtimePort(far), host);
    return near;
  };
  stored = new Map();
  page = new EventTarget();
  address = { hash: "", pathname: "/tab.html" };
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  });
  vi.stubGlobal("location", address);
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("history", {
    replaceState: (_state: unknown, _title: string, url: string) => {
      address.hash = url.startsWith("#") ? url : "";
    },
  });
});
afterEach(async () => {
  for (const shell of shells.splice(0)) await shell.host.close();
  vi.unstubAllGlobals();
});

function open(view: ViewKind): Shell {
  const shell = new Shell(view);
  shells.push(shell);
  return shell;
}

const create = (name: string): Promise<ChannelSummary> => host.create({ ...QUICK, name });
const soon = (check: () => void) => vi.waitFor(check, 10_000);
const shown = (shell: Shell) =>
  shell.screen.value.kind === "channel" ? shell.screen.value.id : shell.screen.value.kind;
/** The worker's list is there. */
const listed = (shell: Shell) => soon(() => expect(shell.channels.value).not.toBeNull());

describe("a page of the extension", () => {
  it("knows no channels until the worker has told, and follows them", async () => {
    const shell = open("popup");
    expect([shell.channels.value, shown(shell)]).toEqual([null, "home"]);
    await listed(shell);
    expect(shell.channels.value).toEqual([]);
    const harbour = await create("Harbour");
    await soon(() => expect(shell.channels.value?.map(({ id }) => id)).toEqual([harbour.id]));
    expect([shell.problem.value, shell.stopped.value, shown(shell)]).toEqual([null, false, "home"]);
  });

  it("opens in a tab the channel of its address, and keeps the address by what it shows", async () => {
    const [harbour, pier] = [await create("Harbour"), await create("Pier")];
    address.hash = channelFragment(pier.id);
    const shell = open("tab");
    expect(shown(shell)).toBe(pier.id);
    await listed(shell);
    expect(shown(shell)).toBe(pier.id);
    shell.openChannel(harbour);
    expect([shown(shell), address.hash]).toEqual([harbour.id, channelFragment(harbour.id)]);
    address.hash = channelFragment(pier.id);
    page.dispatchEvent(new Event("hashchange"));
    expect(shown(shell)).toBe(pier.id);
    address.hash = "";
    page.dispatchEvent(new Event("hashchange"));
    expect(shown(shell)).toBe("home");
    shell.openChannel(pier);
    shell.show({ kind: "create" });
    expect([shown(shell), address.hash]).toEqual(["create", ""]);
    expect(stored.size, "that is for popups and panels").toBe(0);
  });

  it.each(["popup", "panel"] as const)("opens as a %s where the last one was left", async (view) => {
    const harbour = await create("Harbour");
    const shell = open(view);
    await listed(shell);
    await shell.entered(harbour, "Ada");
    address.hash = channelFragment("another");
    const again = open(view);
    expect([shown(again), again.name]).toEqual([harbour.id, "Ada"]);
    await listed(again);
    again.show({ kind: "home" });
    expect(shown(open(view))).toBe("home");
  });

  it("goes home from a channel that this device does not have, or that is left in another view", async () => {
    const harbour = await create("Harbour");
    address.hash = channelFragment("gone");
    const shell = open("tab");
    expect(shown(shell)).toBe("gone");
    await soon(() => expect(shown(shell)).toBe("home"));
    expect(address.hash).toBe("");
    shell.openChannel(harbour);
    shell.show({ kind: "join" });
    await create("Pier");
    await soon(() => expect(shell.channels.value).toHaveLength(2));
    expect(shown(shell), "what is no channel stays").toBe("join");
  });

  it("leaves a channel: its draft is forgotten, and it goes home", async () => {
    const harbour = await create("Harbour");
    const shell = open("popup");
    await listed(shell);
    shell.openChannel(harbour);
    draftsOf(harbour.id).save({ text: "unsent", type: "chat", waiting: [] });
    expect(draftsOf(harbour.id).load().text).toBe("unsent");
    await shell.leave(harbour.id);
    expect([draftsOf(harbour.id).load().text, shown(shell)]).toEqual(["", "home"]);
    expect(host.calls).toContain("leave");
  });

  it("says why the channels cannot be read", async () => {
    const error = new ChannelError("storage", "The disk is broken.");
    host = { ...host, channels: () => Promise.reject(error), watchChannels: () => () => {} };
    const shell = open("popup");
    await soon(() => expect(shell.problem.value).toMatchObject({ code: "storage", message: error.message }));
    expect(shell.channels.value).toBeNull();
  });

  it("has stopped when the worker speaks another version", async () => {
    browserApi.connect = () => {
      const [near, far] = runtimePortPair();
      const port = runtimePort(far);
      port.onMessage(() => port.post({ v: 99, kind: "welcome", server: "new" }));
      return near;
    };
    const shell = open("popup");
    await soon(() => expect(shell.stopped.value).toBe(true));
  });

  it("looks at storage once for the channel with which it began, and anew for others", async () => {
    const wanted = "wanted" as ChannelId;
    address.hash = channelFragment(wanted);
    const opened = vi.spyOn(indexedDB, "open");
    const shell = open("tab");
    await soon(() => expect(opened).toHaveBeenCalledTimes(1));
    // There is no database, so there is nothing to see; the worker will say.
    expect(await shell.firstLook(wanted)).toBeNull();
    expect(opened).toHaveBeenCalledTimes(1);
    await shell.firstLook(wanted);
    await shell.firstLook("other" as ChannelId);
    expect(opened).toHaveBeenCalledTimes(3);
    opened.mockRestore();
  });
});

describe("drafts", () => {
  it("are kept for each channel by itself, with what was submitted; nothing leaves nothing", () => {
    const [harbour, pier] = [draftsOf("harbour"), draftsOf("pier")];
    const draft = {
      text: "hello",
      type: "announcement",
      waiting: [{ requestId: "r", text: "hello", type: "chat" }],
    } as const;
    harbour.save(draft);
    expect(harbour.load()).toEqual(draft);
    expect(pier.load().text).toBe("");
    harbour.save({ text: "", type: "chat", waiting: [] });
    expect(stored.size).toBe(0);
  });

  it("of earlier versions are bare texts, whatever they look like", () => {
    for (const text of ["hello", "5", '"quoted"', "{ no JSON"]) {
      stored.set("hearback.draft.harbour", text);
      expect(draftsOf("harbour").load()).toEqual({ text, type: "chat", waiting: [] });
    }
  });
});
