/**
 * Who received a message: Alice says something to Bob and Cleo and prints what she comes to know of its delivery.
 * Run it: npx tsx examples/who-received.ts
 */
import { createChannelHost, createMemoryNetwork, createMemoryStorage, type DeliveryView } from "../src/index.ts";

const network = createMemoryNetwork();
const device = () => createChannelHost({ storage: createMemoryStorage(), openTransport: () => network.transport() });
const [alice, bob, cleo] = [device(), device(), device()];

const { id, inviteCode } = await alice.create({
  name: "News",
  displayName: "Alice",
  profile: "community",
  multiaddrs: null,
  // Receipts are gathered for 5 s where many talk; an example need not wait that long.
  parameters: { ackWindowMs: 200 },
});
const channel = alice.open(id);

/** Names of all participants that Alice knows, by id. They come as messages, so they may be there a moment later. */
const names = new Map<string, string>();
const othersAreHere = new Promise<void>((resolve) => {
  channel.subscribe(0, (event) => {
    if (event.kind !== "participant") return;
    names.set(event.participant.id, event.participant.name);
    if ([...names.values()].filter((name) => name !== "").length === 3) resolve();
  });
});
await bob.join({ invite: inviteCode, displayName: "Bob" });
await cleo.join({ invite: inviteCode, displayName: "Cleo" });
// Whoever is there when a message is sent is its audience; it does not grow later.
await othersAreHere;

const news = await channel.send({ requestId: "news", type: "announcement", text: "We meet at eight" });

let printed = "";
await new Promise<void>((resolve) => {
  // From 0 on: what happened before this line is replayed, so nothing is missed. Each event tells the newest state.
  channel.subscribe(0, (event) => {
    if (event.kind !== "delivery") return;
    for (const { id: message, delivery } of event.updates) {
      if (message !== news.id || lineOf(delivery) === printed) continue;
      printed = lineOf(delivery);
      console.log(printed);
      if (delivery.state.kind === "everyone") resolve();
    }
  });
});

// By whose word, and how: each is signed by the participant who gave it.
const { evidence } = await channel.details(news.id);
for (const { participant, by, how } of evidence) console.log(`${nameOf(participant)} has it: a ${by}, ${how}`);
await Promise.all([alice.close(), bob.close(), cleo.close()]);

function lineOf({ state, received, audience }: DeliveryView): string {
  const who = received.map(nameOf).sort().join(", ");
  return `${state.kind}: ${received.length} of ${audience.length}${who === "" ? "" : ` (${who})`}`;
}

function nameOf(participant: string): string {
  return names.get(participant) ?? "somebody";
}
