import { composeContent } from "../src/channel/sending/compose.ts";
import { MESSAGE_TYPE } from "../src/sds/parameters/message-type.ts";
import { prepare } from "../src/sds/step.ts";
import { median, millisecondsOf } from "./support/median.ts";
import { me, OurChannel } from "./support/our-channel.ts";
import { PeerChannel, PeerTraffic } from "./support/peer-channel.ts";
import { type BenchOptions, type Row, row, type Subject } from "./support/row.ts";
import { CHANNEL, SPACING_MS, START, Traffic, textOf } from "./support/traffic.ts";

const UNACKED = 1_000;
const HINT = new Uint8Array(32).fill(7);

/** What an incoming message costs while many of one's own are not confirmed by anybody. */
export const acks: Subject = { name: "acks", run: ackRows };

async function* ackRows({ quick }: BenchOptions): AsyncGenerator<Row, void, undefined> {
  const runs = quick ? 50 : 200;
  const { channel, traffic } = await unconfirmed();
  const ours = await medianTime(runs, () => {
    const message = traffic.next();
    return () => channel.receive(message);
  });
  yield row(`receive with ${UNACKED} unconfirmed, none of them named`, "ms", ours, await peerTime(quick));
  yield row(`receive a message that proves all ${UNACKED}`, "ms", await allAtOnce(quick ? 3 : 9));
}

/** Taken by the network, named by nobody. */
async function unconfirmed() {
  const channel = new OurChannel();
  const traffic = new Traffic({ authors: 5, dependencies: 2 });
  for (let i = 0; i < 100; i++) channel.receive(traffic.next());
  const author = { channelId: CHANNEL, self: me.id, signer: me.signer };
  for (let i = 0; i < UNACKED; i++) {
    channel.now = START + (traffic.count + i / UNACKED) * SPACING_MS;
    const content = await composeContent(
      author,
      prepare(channel.state, channel.env),
      MESSAGE_TYPE.chat,
      textOf(i),
      START,
    );
    channel.dispatch({ kind: "composed", content, requestId: `${i}` });
    const { id } = content;
    channel.dispatch({ kind: "attempt-result", id, attempt: 1, outcome: { ok: true, hint: HINT } });
  }
  const { lastOwn } = channel.state.log;
  if (lastOwn === null || channel.state.outbox.open.size !== UNACKED) throw new Error("Not all of them are open.");
  return { channel, traffic, lastOwn };
}

/** They name my last one: with it, by ancestry, all. */
async function allAtOnce(runs: number): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const { channel, traffic, lastOwn } = await unconfirmed();
    traffic.skipTo(lastOwn.lamport);
    traffic.follow({ id: lastOwn.id, lamport: lastOwn.lamport });
    const message = traffic.next();
    times.push(await millisecondsOf(() => channel.receive(message)));
    if (channel.state.outbox.open.size !== 0) throw new Error(`${channel.state.outbox.open.size} are still open.`);
  }
  return median(times);
}

async function peerTime(quick: boolean): Promise<number> {
  const peer = new PeerChannel("sender", 2);
  for (let i = 0; i < UNACKED; i++) await peer.send(textOf(1_000_000 + i));
  const traffic = new PeerTraffic(2);
  return medianTime(quick ? 7 : 21, () => {
    const bytes = traffic.next().encode();
    return () => peer.receive(bytes);
  });
}

async function medianTime(runs: number, prepared: () => () => unknown): Promise<number> {
  const times: number[] = [];
  for (let run = -3; run < runs; run++) {
    const time = await millisecondsOf(prepared());
    if (run >= 0) times.push(time);
  }
  return median(times);
}
