import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChannelSummary } from "../src/channel/api/channel-host.ts";
import { QUICK, until } from "../src/channel/testing/contract-fixture.ts";
import { encodeDescriptor } from "../src/identity/joining/descriptor.ts";
import { parseInvite } from "../src/identity/joining/invite.ts";
import { asChannelId } from "../src/sds/wire/ids.ts";
import { createDexieStorage } from "../src/storage/dexie/dexie-storage.ts";
import { openParticipants } from "./claim.ts";
import { databaseOf } from "./database-name.ts";
import { draftsOf } from "./drafts.ts";
import { knownParticipants } from "./participants-of-browser.ts";
import { Tab } from "./tab.ts";
import { loadTabSession } from "./tab-session.ts";
import { type Browser, createBrowser, createWebStorage, type TabOfBrowser } from "./testing/browser.ts";

const INVITE = "hearback1-somebody-sent-this";

let browser: Browser;
const pages: (readonly [TabOfBrowser, Tab])[] = [];

beforeEach(() => {
  browser = createBrowser();
});
afterEach(async () => {
  for (const [page, tab] of pages.splice(0)) await leave(page, tab);
  await browser.close();
});

/** Opens a page, in front. */
async function open(
  options: Parameters<Browser["openTab"]>[0] = {},
  invite: string | null = null,
): Promise<readonly [TabOfBrowser, Tab]> {
  const page = browser.openTab(options);
  const tab = await Tab.open(invite);
  const made = [page, tab] as const;
  pages.push(made);
  return made;
}

/** The page goes away: closed, or before a reload. */
async function leave(page: TabOfBrowser, tab: Tab): Promise<void> {
  const at = pages.findIndex(([other]) => other === page);
  if (at >= 0) pages.splice(at, 1);
  page.toFront();
  if (page.workers.length > 0) await tab.host.close();
  await page.close();
}

async function reload(page: TabOfBrowser, tab: Tab): Promise<readonly [TabOfBrowser, Tab]> {
  await leave(page, tab);
  return open({ session: page.session, reloaded: true });
}

async function create(tab: Tab, name: string, displayName = "Ada"): Promise<ChannelSummary> {
  const channel = await tab.host.create({ ...QUICK, name, displayName });
  await tab.entered(channel, displayName);
  return channel;
}

/** Of the start screen. */
const listed = (tab: Tab) =>
  tab.screen.value.kind === "start" ? tab.screen.value.channels.map(({ name }) => name) : tab.screen.value.kind;

describe("a new tab", () => {
  it("shows the start, and starts no worker for it", async () => {
    const [page, tab] = await open();
    expect(tab.screen.value).toEqual({ kind: "start", channels: [], problem: null });
    expect([page.workers.length, tab.name]).toEqual([0, ""]);
    expect(loadTabSession()).toEqual({ participant: tab.participant, channel: null, invite: null });
    expect(await openParticipants()).toEqual(new Set([tab.participant]));
  });

  it("shows the invite of its link, also after a reload, which the address no longer holds", async () => {
    const [page, tab] = await open({}, INVITE);
    const joining = { kind: "join", invite: INVITE, duplicateOf: null };
    expect(tab.screen.value).toEqual(joining);
    const [, again] = await reload(page, tab);
    expect(again.screen.value).toEqual(joining);
    expect(again.participant).toBe(tab.participant);
  });

  it("is who it was in the channel that it showed after a reload", async () => {
    const [page, tab] = await open();
    const [harbour] = [await create(tab, "Harbour"), await create(tab, "Pier")];
    tab.openChannel(harbour);
    const [, again] = await reload(page, tab);
    expect(again.participant).toBe(tab.participant);
    expect(again.screen.value).toEqual({ kind: "channel", id: harbour.id });
    expect(again.name).toBe("Ada");
    expect((await again.host.channels()).map(({ name }) => name).sort()).toEqual(["Harbour", "Pier"]);
    // A link says more than what was on screen.
    const [, linked] = await (async () => {
      const [at, before] = pages.at(-1) ?? [];
      if (at === undefined || before === undefined) throw new Error("There is no page.");
      await leave(at, before);
      return open({ session: at.session, reloaded: true }, INVITE);
    })();
    expect(linked.screen.value).toEqual({ kind: "join", invite: INVITE, duplicateOf: null });
  });
});

describe("a duplicated tab", () => {
  it("is somebody new, who is asked to join the same channel", async () => {
    const [page, tab] = await open();
    const channel = await create(tab, "Harbour");
    const [, copy] = await open({ session: createWebStorage(page.session) });
    expect(copy.participant).not.toBe(tab.participant);
    expect(copy.screen.value).toEqual({ kind: "join", invite: channel.inviteCode, duplicateOf: tab.participant });
    expect(copy.name).toBe("");
    expect(loadTabSession()).toEqual({ participant: copy.participant, channel: null, invite: channel.inviteCode });
  });

  it("shows the invite of a link before that, and the start where there is no channel", async () => {
    const [page, tab] = await open();
    const session = createWebStorage(page.session);
    const [, empty] = await open({ session: createWebStorage(session) });
    expect(empty.screen.value).toEqual({ kind: "start", channels: [], problem: null });
    page.toFront();
    await create(tab, "Harbour");
    const [, linked] = await open({ session: createWebStorage(page.session) }, INVITE);
    expect(linked.screen.value).toEqual({ kind: "join", invite: INVITE, duplicateOf: null });
  });
});

describe("a channel that is entered", () => {
  it("is on screen and in the session, and the participant is known to this browser by name", async () => {
    const [page, tab] = await open();
    const channel = await create(tab, "Harbour", "Ada");
    expect(tab.screen.value).toEqual({ kind: "channel", id: channel.id });
    const session = { participant: tab.participant, channel: channel.id, invite: channel.inviteCode };
    expect(loadTabSession()).toEqual(session);
    expect(knownParticipants()).toMatchObject([{ id: tab.participant, name: "Ada", channelName: "Harbour" }]);
    expect([tab.name, page.workers.map(({ participant }) => participant)]).toEqual(["Ada", [tab.participant]]);
  });

  it("can be left: nothing of it stays, and without another channel the participant is forgotten", async () => {
    const [, tab] = await open();
    const [harbour, pier] = [await create(tab, "Harbour"), await create(tab, "Pier")];
    const draft = { text: "unsent", type: "chat", waiting: [] } as const;
    for (const { id } of [harbour, pier]) draftsOf(tab.participant, id).save(draft);
    await tab.leave(harbour.id);
    expect(listed(tab)).toEqual(["Pier"]);
    expect(draftsOf(tab.participant, harbour.id).load().text).toBe("");
    expect(draftsOf(tab.participant, pier.id).load().text).toBe("unsent");
    expect(knownParticipants()).toHaveLength(1);
    expect(loadTabSession()).toMatchObject({ channel: null, invite: null });
    await tab.leave(pier.id);
    expect(listed(tab)).toEqual([]);
    expect(knownParticipants()).toEqual([]);
  });
});

describe("continuing as a participant of this browser", () => {
  it("takes over who no tab is, with their channel; the one before is free for others", async () => {
    const [adaPage, ada] = await open();
    const harbour = await create(ada, "Harbour", "Ada");
    const adaId = ada.participant;
    await leave(adaPage, ada);
    const [page, tab] = await open();
    await create(tab, "Pier", "Ben");
    const benId = tab.participant;
    const [known] = knownParticipants().filter(({ id }) => id === adaId);
    if (known === undefined) throw new Error("Ada is not known.");
    const usedBefore = known.usedAt;
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(await tab.continueAs(known)).toBe(true);
    expect([tab.participant, tab.name]).toEqual([adaId, "Ada"]);
    expect(tab.screen.value).toEqual({ kind: "channel", id: harbour.id });
    expect(page.workers.map(({ participant, isTerminated }) => [participant, isTerminated])).toEqual([
      [benId, true],
      [adaId, false],
    ]);
    await until("Ben is free", async () => !(await openParticipants()).has(benId));
    expect(await openParticipants()).toEqual(new Set([adaId]));
    // Used last, so first in the list.
    expect(knownParticipants().map(({ id }) => id)).toEqual([adaId, benId]);
    expect(knownParticipants()[0]?.usedAt).toBeGreaterThan(usedBefore);
    expect(loadTabSession()).toMatchObject({ participant: adaId, channel: harbour.id });
  });

  it("is refused while another tab is that one, and changes nothing", async () => {
    const [, ada] = await open();
    await create(ada, "Harbour", "Ada");
    const [known] = knownParticipants();
    if (known === undefined) throw new Error("Ada is not known.");
    const [page, tab] = await open();
    const channel = await create(tab, "Pier", "Ben");
    const before = tab.participant;
    expect(await tab.continueAs(known)).toBe(false);
    expect(tab.participant).toBe(before);
    expect(tab.screen.value).toEqual({ kind: "channel", id: channel.id });
    expect(page.workers.map(({ isTerminated }) => isTerminated)).toEqual([false]);
  });

  it("shows all channels where there are several, and one that is gone is not looked for", async () => {
    const [page, tab] = await open();
    await create(tab, "Harbour");
    await create(tab, "Pier");
    tab.openChannel({ ...(await create(tab, "Quay")), id: asChannelId("gone") });
    const [again, reopened] = await reload(page, tab);
    expect([...listed(reopened)].sort()).toEqual(["Harbour", "Pier", "Quay"]);
    for (const { id } of (await reopened.host.channels()).slice(1)) await reopened.host.leave(id);
    const [left] = await reopened.host.channels();
    // The only one there is needs no choosing.
    const [, last] = await reload(again, reopened);
    expect(last.screen.value).toEqual({ kind: "channel", id: left?.id });
  });
});

describe("what the participant's database has", () => {
  /** As the worker wrote it there. */
  async function written(participant: string, ...channels: readonly ChannelSummary[]): Promise<void> {
    const storage = await createDexieStorage({ name: databaseOf(participant), indexedDB, IDBKeyRange });
    for (const { id, inviteCode } of channels) {
      const key = { kind: "raw", secretKey: new Uint8Array(32), publicKey: new Uint8Array(32) } as const;
      const descriptor = encodeDescriptor(parseInvite(inviteCode));
      await storage.putDevice({ channel: id, descriptor, key, displayName: "Ada", joinedAt: 1 });
      await storage.commit(id, [{ op: "meta", key: "authorSeq", value: 1 }], "strict");
    }
    await storage.close();
  }

  beforeEach(() => {
    vi.stubGlobal("indexedDB", new IDBFactory());
    vi.stubGlobal("IDBKeyRange", IDBKeyRange);
  });

  it("is shown before the worker has said anything, and then what that says", async () => {
    const [page, tab] = await open();
    const [harbour] = [await create(tab, "Harbour"), await create(tab, "Pier")];
    tab.openChannel(harbour);
    await written(tab.participant, harbour);
    browser.holdWorkers();
    const [, again] = await reload(page, tab);
    expect(again.screen.value).toEqual({ kind: "channel", id: harbour.id });
    const looked = vi.spyOn(indexedDB, "open");
    expect((await again.firstLook(harbour.id))?.channel.name).toBe("Harbour");
    expect(looked).not.toHaveBeenCalled();
    expect((await again.firstLook(harbour.id))?.channel.name).toBe("Harbour");
    expect(looked).toHaveBeenCalledTimes(1);
    expect(loadTabSession()).toMatchObject({ channel: harbour.id, invite: harbour.inviteCode });
    const shown = again.screen.value;
    browser.letWorkersGo();
    await until("the worker was heard", () => again.screen.value !== shown);
    expect(again.screen.value).toEqual({ kind: "channel", id: harbour.id });
    expect(loadTabSession()).toMatchObject({ channel: harbour.id, invite: harbour.inviteCode });
  });

  it("is shown of the only channel to whoever comes back as a participant, and of none where there are several", async () => {
    const [page, tab] = await open();
    const [harbour, pier] = [await create(tab, "Harbour"), await create(tab, "Pier")];
    await written(tab.participant, harbour);
    const [known] = knownParticipants();
    if (known === undefined) throw new Error("Nobody is known.");
    await leave(page, tab);
    const [, other] = await open();
    browser.holdWorkers();
    expect(await other.continueAs(known)).toBe(true);
    expect(other.screen.value).toEqual({ kind: "channel", id: harbour.id });
    browser.letWorkersGo();
    await other.host.channels();
    const [otherPage] = pages.at(-1) ?? [];
    if (otherPage === undefined) throw new Error("There is no page.");
    await written(known.id, pier);
    await leave(otherPage, other);
    const [, third] = await open();
    await third.continueAs(known);
    expect([...listed(third)].sort()).toEqual(["Harbour", "Pier"]);
  });

  it("counts no more when the worker knows better", async () => {
    const [page, tab] = await open();
    const [harbour, pier] = [await create(tab, "Harbour"), await create(tab, "Pier")];
    tab.openChannel(harbour);
    await written(tab.participant, harbour);
    await tab.host.leave(harbour.id);
    browser.holdWorkers();
    const [, again] = await reload(page, tab);
    expect(again.screen.value).toEqual({ kind: "channel", id: harbour.id });
    browser.letWorkersGo();
    await until("the worker was heard", () => listed(again) !== "channel" || shownId(again) === pier.id);
    expect(again.screen.value).toEqual({ kind: "channel", id: pier.id });
  });

  it("does not bring back who went elsewhere meanwhile", async () => {
    const [page, tab] = await open();
    const harbour = await create(tab, "Harbour");
    await written(tab.participant, harbour);
    browser.holdWorkers();
    const [, again] = await reload(page, tab);
    again.showInvite(INVITE);
    browser.letWorkersGo();
    await again.host.channels();
    // What comes of that list comes before the next answer.
    await again.host.channels();
    expect(again.screen.value).toMatchObject({ kind: "join", invite: INVITE });
  });
});

const shownId = (tab: Tab) => (tab.screen.value.kind === "channel" ? tab.screen.value.id : null);

describe("a worker", () => {
  it("that cannot open its storage is told of at the start", async () => {
    const [page, tab] = await open();
    await create(tab, "Harbour");
    browser.blockStorage(new Error("Site data is blocked."));
    const [, again] = await reload(page, tab);
    expect(again.screen.value).toMatchObject({ kind: "start", channels: [], problem: { code: "storage" } });
    await again.showStart();
    expect(again.screen.value).toMatchObject({ kind: "start", problem: { code: "storage" } });
    expect(again.stopped.value).toBe(false);
  });

  it("that dies is started again, and knows what it knew", async () => {
    const [page, tab] = await open();
    const channel = await create(tab, "Harbour");
    // Earlier than that its death is noticed by the pings of the bridge only.
    await until("the page to wait for the worker's lock", async () => {
      return (await browser.locks.query()).pending?.length === 1;
    });
    page.workers[0]?.terminate();
    await until("another worker", () => page.workers.length === 2);
    expect((await tab.host.channels()).map(({ id }) => id)).toEqual([channel.id]);
    expect(tab.stopped.value).toBe(false);
  });

  it("whose script cannot be loaded has stopped; one with an error in it has not", async () => {
    const [page, tab] = await open();
    await tab.host.channels();
    page.workers[0]?.fail("TypeError: something of one's own");
    expect(tab.stopped.value).toBe(false);
    page.workers[0]?.fail(undefined);
    expect(tab.stopped.value).toBe(true);
  });
});

it("asks for lasting storage by the click that enters a channel, and only looks when one is opened", async () => {
  const asked: string[] = [];
  const [, tab] = await open();
  const storage = {
    persisted: async () => asked.push("look") < 0,
    persist: async () => asked.push("ask") > 0,
  };
  vi.stubGlobal("navigator", { ...navigator, storage });
  const channel = await create(tab, "Harbour");
  await until("it asked", () => asked.includes("ask"));
  asked.length = 0;
  tab.openChannel(channel);
  await until("it looked", () => asked.includes("look"));
  expect(asked).toEqual(["look"]);
});
