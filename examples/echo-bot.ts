/**
 * A bot on a channel over a Waku service node: it joins by an invite and answers what others say from then on.
 * Run it: npm start, create a channel in the page, copy its invite, and then: npx tsx examples/echo-bot.ts INVITE
 * (with Node 20, which lacks a function that libp2p calls: npx tsx --import ./node/polyfills.ts examples/echo-bot.ts INVITE)
 *
 * It forgets all when it stops: Node has no IndexedDB, so a bot that is to be the same participant again needs a
 * `ChannelStorage` of its own.
 */
import { createChannelHost, createMemoryStorage, createWakuTransport, type MessageView } from "../src/index.ts";

const ANSWER = "I heard: ";

const [invite] = process.argv.slice(2);
if (invite === undefined) {
  console.error("Usage: npx tsx examples/echo-bot.ts INVITE");
  process.exit(2);
}

const host = createChannelHost({
  storage: createMemoryStorage(),
  // The invite says where the channel is.
  openTransport: (network) => createWakuTransport({ network }),
});
const joinedAt = Date.now();
const { id, name } = await host.join({ invite, displayName: "Echo" });
const channel = host.open(id);

const { seq } = await channel.snapshot();
channel.subscribe(seq, (event) => {
  if (event.kind !== "entry" || event.entry.kind !== "message" || !isForMe(event.entry)) return;
  const { id: heard, text } = event.entry;
  // The same request id never sends twice, however often an event is told.
  channel.send({ requestId: heard, type: "chat", text: `${ANSWER}${text}` }).catch((error) => console.error(error));
});

/** Not what was said before it came, and not what another bot answers: two of them would never stop. */
function isForMe({ mine, type, text, composedAt }: MessageView): boolean {
  return !mine && type === "chat" && composedAt >= joinedAt && !text.startsWith(ANSWER);
}

channel.watchStatus(({ connection, reason }) => {
  console.log(connection === "online" ? `Echo listens in "${name}"` : `${connection}. ${reason}`.trim());
});

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void host.close());
