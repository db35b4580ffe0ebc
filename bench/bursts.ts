import { medianOf } from "./support/median.ts";
import { OurChannel } from "./support/our-channel.ts";
import { PeerChannel, PeerTraffic } from "./support/peer-channel.ts";
import { type BenchOptions, type Row, row, type Subject } from "./support/row.ts";
import { type Sent, Traffic } from "./support/traffic.ts";

/** So many authors that nobody's share of the buffer for messages without their causes overflows. */
const AUTHORS = 20;

/** The worst order: each message before its causes, so that all wait for the last one. */
export const bursts: Subject = { name: "bursts", run: burstRows };

async function* burstRows({ quick }: BenchOptions): AsyncGenerator<Row, void, undefined> {
  for (const size of quick ? [1_000] : [1_000, 5_000]) {
    const runs = { runs: quick ? 3 : 5, warmUps: 1 };
    const ours = await medianOf(runs, () => reversed(size), receiveAll);
    const peer = await medianOf({ runs: 1, warmUps: 0 }, () => peerReversed(size), peerReceiveAll);
    yield row(`${size} messages in reverse order`, "ms", ours, peer);
  }
}

function reversed(size: number): { channel: OurChannel; messages: Sent[] } {
  const traffic = new Traffic({ authors: AUTHORS, dependencies: 2 });
  return { channel: new OurChannel(), messages: traffic.take(size).reverse() };
}

function receiveAll({ channel, messages }: { channel: OurChannel; messages: Sent[] }): void {
  const [last] = messages;
  for (const message of messages) channel.receive({ ...message, lamport: last?.lamport ?? 0 });
  if (channel.state.log.order.size !== messages.length)
    throw new Error(`Only ${channel.state.log.order.size} were delivered.`);
}

function peerReversed(size: number) {
  const messages = new PeerTraffic(2).take(size).map((message) => message.encode());
  return { peer: new PeerChannel("receiver", 2), messages: messages.reverse() };
}

async function peerReceiveAll({ peer, messages }: ReturnType<typeof peerReversed>): Promise<void> {
  await peer.receiveAll(messages);
}
