/**
 * Two participants in one program: a channel, an invite, a message and its answer. Storage and network are in memory.
 * Run it: npx tsx examples/two-participants.ts
 */
import { type ChannelClient, createChannelHost, createMemoryNetwork, createMemoryStorage } from "../src/index.ts";

const network = createMemoryNetwork();
/** A device brings where to keep things and how to reach the others. */
const device = () => createChannelHost({ storage: createMemoryStorage(), openTransport: () => network.transport() });
const alice = device();
const bob = device();

// Whoever has the invite code can read and write.
const { id, inviteCode } = await alice.create({
  name: "Greetings",
  displayName: "Alice",
  profile: "community",
  multiaddrs: null,
  parameters: {},
});
await bob.join({ invite: inviteCode, displayName: "Bob" });
const atAlice = alice.open(id);
const atBob = bob.open(id);

/** The first message of somebody else: those that are there already come as events too, from 0 on. */
function firstHeard(client: ChannelClient): Promise<string> {
  return new Promise((resolve) => {
    client.subscribe(0, (event) => {
      if (event.kind !== "entry" || event.entry.kind !== "message") return;
      const { mine, type, text } = event.entry;
      if (!mine && type === "chat") resolve(text);
    });
  });
}

// `send` resolves when the message is stored; that it arrives is the channel's business from then on.
await atAlice.send({ requestId: "hello", type: "chat", text: "Hello Bob" });
console.log(`Bob reads: ${await firstHeard(atBob)}`);
await atBob.send({ requestId: "answer", type: "chat", text: "Hello Alice" });
console.log(`Alice reads: ${await firstHeard(atAlice)}`);

await Promise.all([alice.close(), bob.close()]);
