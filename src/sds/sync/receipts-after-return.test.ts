import { expect, test } from "vitest";
import { receivedBy } from "../evidence/received-by.ts";
import { type Core, NetworkOfCores } from "../testing/network-of-cores.ts";
import { OneCore } from "../testing/one-core.ts";
import { asParticipantId, type MessageId } from "../wire/ids.ts";
import { receiptPrefixOf } from "./receipts.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** W of a small group. */
const WINDOW_MS = 5 * SECOND;

function receiptsOf({ state }: Core, id: MessageId): number {
  const entry = state.log.entries.get(id);
  return entry === undefined ? 0 : receivedBy(state, entry).size;
}

/** Three who know each other and are silent; the first says something, and is gone before anybody confirms it. */
function killedOnTheWay(seed: number, { taken, store }: { readonly taken: boolean; readonly store: boolean }) {
  const network = new NetworkOfCores({
    ...{ seed, store, participants: 3, loss: 0, duplication: 0, latencyMs: [5, 50] },
  });
  const [ada, ...others] = network.cores;
  if (ada === undefined) throw new Error("nobody");
  for (const core of network.cores) network.setOnline(core, true);
  for (const core of network.cores) network.say(core, `name ${core.index}`);
  // By then there are idle syncs only.
  network.run(20 * MINUTE);
  const id = network.say(ada, "on its way");
  network.run(taken ? 30 : 1);
  ada.online = false;
  network.run(2 * WINDOW_MS);
  expect(others.every(({ delivered }) => delivered.includes(id))).toBe(true);
  expect(receiptsOf(ada, id)).toBe(0);
  network.restart(ada);
  network.setOnline(ada, true);
  return { network, ada, id };
}

//= protocol: RECEIPT-1, RECEIPT-6
test("who comes back with own words that nobody confirmed knows within three windows who has them", () => {
  for (const taken of [true, false]) {
    for (const store of [true, false]) {
      for (let seed = 1; seed <= 4; seed++) {
        const { network, ada, id } = killedOnTheWay(seed, { taken, store });
        const from = network.now;
        while (receiptsOf(ada, id) < 2 && network.now - from < 5 * MINUTE) network.run(100);
        expect(network.now - from, `taken ${taken}, store ${store}, seed ${seed}`).toBeLessThanOrEqual(
          (taken ? 2 : 3) * WINDOW_MS + 200,
        );
      }
    }
  }
});

/** Somebody to whom these spoke, a second apart, and who then said something and was away before anybody could confirm it. */
function cameBack(...names: readonly string[]) {
  const core = new OneCore();
  core.online();
  for (const name of names) {
    core.now += SECOND;
    core.hear(name, []);
  }
  core.now += SECOND;
  const id = core.say("hello", { levelPercent: 100 });
  core.taken();
  core.online(false);
  core.wait(MINUTE);
  core.take("send-sync");
  core.online();
  /** Of whom receipts were asked, by each sync that did. */
  const asked = () => core.take("send-sync").flatMap(({ sync }) => (sync.receiptsWantedFrom ? [sync] : []));
  return { core, id, asked };
}

function prefixOf(core: OneCore, name: string): number {
  const participant = core.state.participants.byId.get(asParticipantId(name));
  if (participant === undefined) throw new Error(`Nobody met ${name}.`);
  return receiptPrefixOf(participant);
}

//= protocol: RECEIPT-2, RECEIPT-6
test("the first word after a connection asks those who were there before, once; what is said since is asked of who is heard", () => {
  const { core, id, asked } = cameBack("ben", "cleo");
  core.wait(WINDOW_MS);
  const [hello, ...more] = asked();
  expect(more).toEqual([]);
  expect(hello?.receiptsWantedFrom).toEqual([prefixOf(core, "cleo"), prefixOf(core, "ben")]);
  expect(hello?.causalHistory.map(({ messageId }) => messageId)).toContain(id);
  core.say("more", { levelPercent: 100 });
  core.taken();
  core.wait(5 * MINUTE);
  expect(asked()).toEqual([]);
  core.hear("ben", []);
  core.wait(20 * MINUTE);
  expect(asked()[0]?.receiptsWantedFrom).toEqual([prefixOf(core, "ben")]);
});

//= protocol: RECEIPT-6
test("of those who were not heard since, the eight who were heard last are asked, and nobody who has left", () => {
  const names = Array.from({ length: 10 }, (_, index) => `p${index}`);
  const { core, asked } = cameBack(...names);
  core.wait(15 * SECOND);
  const prefixes = names.map((name) => prefixOf(core, name));
  expect(asked()[0]?.receiptsWantedFrom).toEqual(prefixes.slice(2).reverse());
  const late = new OneCore();
  late.online();
  late.hear("ben", []);
  late.wait(61 * MINUTE);
  late.say("hello");
  late.taken();
  late.online(false);
  late.online();
  late.wait(MINUTE);
  expect(late.take("send-sync").filter(({ sync }) => sync.receiptsWantedFrom !== null)).toEqual([]);
});

//= protocol: RECEIPT-3, RECEIPT-6
test("what is said over the present connection is asked of those who were heard since, from the first time on", () => {
  const core = new OneCore();
  core.online();
  core.hear("ben", []);
  core.hear("cleo", []);
  core.now += 1;
  core.say("hello", { levelPercent: 100 });
  core.taken();
  core.now += 1;
  core.hear("ben", []);
  core.wait(11 * SECOND);
  const asked = core.take("send-sync").flatMap(({ sync }) => sync.receiptsWantedFrom ?? []);
  expect(asked).toEqual([prefixOf(core, "ben")]);
});

//= protocol: RECEIPT-1, RECEIPT-2
test("a message that is not taken yet is asked for once it is", () => {
  const alone = new OneCore();
  alone.online();
  alone.hear("ben", []);
  alone.now += 1;
  const id = alone.say("hello");
  alone.restart();
  alone.now += 1;
  alone.online();
  alone.wait(WINDOW_MS);
  alone.take("send-sync");
  alone.taken();
  alone.wait(5 * SECOND + 1);
  const [asking] = alone.take("send-sync").filter(({ sync }) => sync.receiptsWantedFrom !== null);
  expect(asking?.sync.causalHistory.map(({ messageId }) => messageId)).toContain(id);
});

//= protocol: RECEIPT-1
test("a plan that came due while there was no connection is made anew; one for later stays", () => {
  const { core } = cameBack("ben");
  expect(core.state.sync.wantReceiptsAt).toBe(core.now + 2 * WINDOW_MS);
  core.wait(20 * SECOND);
  const plannedAt = core.state.sync.wantReceiptsAt ?? 0;
  core.online(false);
  core.now += 1;
  core.online();
  expect(core.state.sync.wantReceiptsAt).toBe(plannedAt);
});
