/**
 * Run by check-package.mjs in a folder that has nothing but the installed package, with a service node's multiaddr: two
 * participants, each with a Waku transport of its own, exchange a message. Prints what the other one read.
 */

// Newer versions of Node have more than 20 has; what the package needs of that it has to bring itself.
delete Promise.withResolvers;
const { createChannelHost, createMemoryStorage, createWakuTransport } = await import("hearback");

const LIMIT_MS = 40_000;
const [multiaddr] = process.argv.slice(2);
const device = () =>
  createChannelHost({
    storage: createMemoryStorage(),
    openTransport: (network) => createWakuTransport({ network }),
  });

/** What `find` makes of the first event in which it finds something. */
const first = (channel, find) =>
  new Promise((resolve) => {
    channel.subscribe(0, (event) => {
      const found = find(event);
      if (found) resolve(found);
    });
  });

const [alice, bob] = [device(), device()];
const { id, inviteCode } = await alice.create({
  name: "Greetings",
  displayName: "Alice",
  profile: "community",
  multiaddrs: [multiaddr],
  parameters: { ackWindowMs: 200 },
});
let status;
alice.open(id).watchStatus((next) => {
  status = next;
});
setTimeout(() => {
  console.error(`Not within ${LIMIT_MS / 1_000} s. The channel's status:`, status);
  process.exit(1);
}, LIMIT_MS).unref();
const bobIsHere = first(alice.open(id), ({ kind, participant }) => kind === "participant" && !participant.me);
await bob.join({ invite: inviteCode, displayName: "Bob" });
await bobIsHere;
const read = first(bob.open(id), ({ kind, entry }) => kind === "entry" && entry.type === "chat" && entry);
const hello = await alice.open(id).send({ requestId: "hello", type: "chat", text: "Hello Bob" });
const isReceived = ({ id: message, delivery }) => message === hello.id && delivery.state.kind === "everyone";
await first(alice.open(id), ({ kind, updates }) => kind === "delivery" && updates.some(isReceived));
const { text, mine } = await read;
console.log(`over a service node: ${mine ? "an own message" : text}`);
await Promise.all([alice.close(), bob.close()]);
