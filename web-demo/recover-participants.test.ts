// First: Dexie looks for the browser's IndexedDB once, when it is loaded.
import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { encodeDescriptor } from "../src/identity/joining/descriptor.ts";
import { createDescriptor } from "../src/identity/joining/signed-descriptor.ts";
import { signer } from "../src/identity/testing/sample.ts";
import { asChannelId } from "../src/sds/wire/ids.ts";
import { createDexieStorage } from "../src/storage/dexie/dexie-storage.ts";
import { rawRecord } from "../src/storage/testing/device-cases.ts";
import { databaseOf, participantOfDatabase } from "./database-name.ts";
import {
  forgetParticipant,
  type KnownParticipant,
  knownParticipants,
  rememberParticipant,
} from "./participants-of-browser.ts";
import { recoverParticipants } from "./recover-participants.ts";
import { createWebStorage } from "./testing/browser.ts";

beforeEach(() => void vi.stubGlobal("localStorage", createWebStorage()));
afterEach(async () => {
  for (const { name } of await indexedDB.databases()) await remove(name ?? "");
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Resolves when no connection is in the way any more. */
function remove(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const removal = indexedDB.deleteDatabase(name);
    removal.onsuccess = () => resolve();
    removal.onblocked = () => reject(new Error(`${name} is still open.`));
  });
}

/** A participant's database, with a channel in it unless the name is null. */
async function written(participant: string, channelName: string | null): Promise<void> {
  const storage = await createDexieStorage({ name: databaseOf(participant) });
  if (channelName !== null) {
    const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
    const wanted = { name: channelName, network: { preset: "local" }, profile: "community", parameters: {} } as const;
    const descriptor = encodeDescriptor(await createDescriptor(wanted, random, signer));
    await storage.putDevice({ ...rawRecord(`Name of ${participant}`), channel: asChannelId("c"), descriptor });
  }
  await storage.close();
}

const known = (id: string, usedAt = 1): KnownParticipant => ({ id, name: id, channelName: "Harbour", usedAt });
const ids = () => knownParticipants().map(({ id }) => id);

describe("recoverParticipants", () => {
  it("reads who is not in the list from their databases, and leaves these as they were", async () => {
    await written("ada", "Harbour");
    await written("empty", null);
    const closes = vi.spyOn(IDBDatabase.prototype, "close");
    await recoverParticipants(new Set());
    expect(closes).toHaveBeenCalledTimes(2);
    const { joinedAt } = rawRecord("");
    expect(knownParticipants()).toEqual([{ id: "ada", name: "Name of ada", channelName: "Harbour", usedAt: joinedAt }]);
  });

  it("looks at nobody who is known, or whom another tab is, and at no other database", async () => {
    for (const id of ["known", "open", "new"]) await written(id, "Pier");
    const other = indexedDB.open("something else");
    await new Promise((resolve) => {
      other.onsuccess = resolve;
    });
    other.result.close();
    rememberParticipant(known("known", 7));
    const opened = vi.spyOn(indexedDB, "open");
    await recoverParticipants(new Set(["open"]));
    expect(new Set(opened.mock.calls.map(([name]) => name))).toEqual(new Set([databaseOf("new")]));
    expect(ids()).toEqual(["new", "known"]);
    expect(knownParticipants().at(-1)).toEqual(known("known", 7));
  });

  it("finds nobody where the browser does not list databases", async () => {
    await written("ada", "Harbour");
    const { databases } = indexedDB;
    Object.assign(indexedDB, { databases: undefined });
    await recoverParticipants(new Set());
    Object.assign(indexedDB, { databases });
    expect(ids()).toEqual([]);
  });
});

describe("the participants of a browser", () => {
  it("are in the list once each, the last used first", () => {
    rememberParticipant(known("ada", 1));
    rememberParticipant(known("ben", 3));
    rememberParticipant(known("ada", 2));
    expect(ids()).toEqual(["ben", "ada"]);
    expect(knownParticipants()[1]).toEqual(known("ada", 2));
    forgetParticipant("ben");
    forgetParticipant("nobody");
    expect(ids()).toEqual(["ada"]);
  });

  it("are those that can be read of what is stored", () => {
    localStorage.setItem("hearback.participants", JSON.stringify([known("ada"), { id: "x" }, null, 5]));
    expect(ids()).toEqual(["ada"]);
    for (const stored of ["{", "5", JSON.stringify({ ada: known("ada") })]) {
      localStorage.setItem("hearback.participants", stored);
      expect(ids()).toEqual([]);
    }
  });

  it("are nobody where site data is blocked, and to remember does no harm", () => {
    const denied = () => {
      throw new DOMException("Denied.", "SecurityError");
    };
    vi.stubGlobal("localStorage", { getItem: denied, setItem: denied, removeItem: denied });
    rememberParticipant(known("ada"));
    forgetParticipant("ada");
    expect(ids()).toEqual([]);
  });

  it("have databases whose names say whose they are", () => {
    expect(participantOfDatabase(databaseOf("ada"))).toBe("ada");
    expect(participantOfDatabase("hearback")).toBeNull();
  });
});
