import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { describe, expect, it } from "vitest";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import { createDexieStorage } from "../../storage/dexie/dexie-storage.ts";
import { readRecent } from "../../storage/dexie/read-recent.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import type { RecentChannel } from "../../storage/recent-channel.ts";
import { createMemoryNetwork } from "../../transport/memory/memory-network.ts";
import type { MemoryTransport } from "../../transport/memory/memory-transport.ts";
import type { ChannelSnapshot, ParticipantView } from "../api/channel-client.ts";
import { createChannelHost } from "../host/host.ts";
import { firstLook } from "./first-look.ts";

const name = "hearback";

interface Looks {
  readonly recent: RecentChannel;
  readonly snapshot: ChannelSnapshot;
  readonly look: ChannelSnapshot;
}

/** Whoever starts on it says nothing more: what is on disk is all that is shown. */
function offline(): MemoryTransport {
  const transport = createMemoryNetwork().transport();
  transport.setOnline(false);
  return transport;
}

/** Ada, whose database is kept, and Ben talk, then she deletes some before they left; what her channel then says from storage, and what `bodies` messages of it say. */
async function looks(messages: number, bodies: number, deleted = 0): Promise<Looks> {
  const indexedDB = new IDBFactory();
  const clock = createVirtualClock(1_800_000_000_000);
  const network = createMemoryNetwork({ clock });
  const transport = network.transport();
  const storage = await createDexieStorage({ name, indexedDB, IDBKeyRange });
  const ada = createChannelHost({ storage, clock, openTransport: () => transport });
  const ben = createChannelHost({
    storage: createMemoryStorage(),
    clock,
    openTransport: () => network.transport(),
  });
  const { id, inviteCode } = await ada.create({
    ...{ name: "Harbour", displayName: "Ada", profile: "community", multiaddrs: null, parameters: {} },
  });
  await ben.join({ invite: inviteCode, displayName: "Ben" });
  const clients = [ada.open(id), ben.open(id)] as const;
  await clock.advanceSettled(20_000);
  for (let n = 1; n <= messages; n++) {
    await clients[n % 3 === 0 ? 0 : 1].send({ requestId: `r${n}`, type: "chat", text: `message ${n}` });
    await clock.advanceSettled(3_000);
  }
  await clock.advanceSettled(30_000);
  await ben.close();
  if (deleted > 0) transport.setOnline(false);
  for (let n = 1; n <= deleted; n++) {
    const { id: regretted } = await clients[0].send({ requestId: `d${n}`, type: "chat", text: `regretted ${n}` });
    await clients[0].remove(regretted);
  }
  await clients[0].send({ requestId: "last", type: "chat", text: "to nobody" });
  await ada.close();
  const recent = await readRecent({ name, channel: id, bodies, indexedDB, IDBKeyRange });
  if (recent === null) throw new Error("nothing was read");
  const again = createChannelHost({
    storage: await createDexieStorage({ name, indexedDB, IDBKeyRange }),
    clock,
    openTransport: offline,
  });
  const snapshot = await again.open(id).snapshot(bodies);
  await again.close();
  return { recent, snapshot, look: firstLook(recent, clock.now()) };
}

/** Presence runs on connected time, of which the last stretch is saved now and then only. */
const withoutPresence = (people: readonly ParticipantView[]) => people.map(({ present: _, ...rest }) => rest);

const textsOf = ({ page }: ChannelSnapshot) =>
  page.entries.map((entry) => (entry.kind === "message" ? entry.text : ""));

describe("firstLook", () => {
  it("shows the end of a long log as the channel itself does, receipts included", async () => {
    const { snapshot, look } = await looks(120, 10);
    expect(look.page.entries).toHaveLength(10);
    const [seen, truth] = [look.page.entries, snapshot.page.entries];
    expect(seen.at(-1)).toMatchObject({ text: "to nobody", mine: true });
    expect(seen.slice(0, -1)).toEqual(truth.slice(0, -1));
    expect(seen.map(({ id }) => id)).toEqual(truth.map(({ id }) => id));
    expect(look.page.more).toBe(true);
    expect(look.channel).toEqual(snapshot.channel);
    expect(look.me).toBe(snapshot.me);
    expect(withoutPresence(look.participants)).toEqual(withoutPresence(snapshot.participants));
  });

  it("begins behind a message that was not among those read", async () => {
    const { recent, look } = await looks(40, 10);
    const gap = look.page.entries.at(-3)?.id;
    const messages = recent.stored.messages.filter(({ id }) => id !== gap);
    const cut = firstLook({ ...recent, stored: { ...recent.stored, messages } }, 1_800_000_300_000);
    expect(cut.page.entries.map(({ id }) => id)).toEqual(look.page.entries.slice(-2).map(({ id }) => id));
    expect(cut.page.more).toBe(true);
  });

  it("shows a text that had to go as the channel itself does, and waits for one that was not read", async () => {
    const { recent, look } = await looks(40, 10);
    const [lost] = look.page.entries.slice(-4);
    const bodies = recent.bodies.filter(({ id }) => id !== lost?.id);
    const unread = firstLook({ ...recent, bodies }, 1_800_000_300_000);
    expect(unread.page.entries.map(({ id }) => id)).toEqual(look.page.entries.slice(-3).map(({ id }) => id));
    expect(unread.page.more).toBe(true);
    const meta = { ...recent.stored.meta, bodiesSince: (lost?.lamport ?? 0) + 1 };
    const gone = firstLook({ ...recent, bodies, stored: { ...recent.stored, meta } }, 1_800_000_300_000);
    expect(gone.page.entries.at(-4)).toMatchObject({ id: lost?.id, text: "", textKept: false });
    expect(gone.page.entries.at(-3)).toMatchObject({ textKept: true });
  });

  it("shows no message whose text was not read, when some behind it were deleted before they left", async () => {
    const { snapshot, look } = await looks(30, 10, 5);
    const texts = textsOf(look);
    expect(texts.length).toBeGreaterThan(1);
    expect(texts).toEqual(textsOf(snapshot).slice(-texts.length));
    expect(look.page.more).toBe(true);
  });

  it("shows all of a short log and says that there is no more", async () => {
    const { snapshot, look } = await looks(5, 50);
    expect(look.page.entries.map(({ id }) => id)).toEqual(snapshot.page.entries.map(({ id }) => id));
    expect(look.page.more).toBe(false);
    expect(look.unread).toBe(snapshot.unread);
  });
});
