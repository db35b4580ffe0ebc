import { composeContent } from "../src/channel/sending/compose.ts";
import type { Signer } from "../src/identity/port.ts";
import { MESSAGE_TYPE } from "../src/sds/parameters/message-type.ts";
import { prepare } from "../src/sds/step.ts";
import { median, millisecondsOf } from "./support/median.ts";
import { me, OurChannel } from "./support/our-channel.ts";
import { PeerChannel, PeerTraffic } from "./support/peer-channel.ts";
import { type BenchOptions, type Row, row, type Subject } from "./support/row.ts";
import { CHANNEL, SPACING_MS, START, Traffic, textOf } from "./support/traffic.ts";

const PEER_LARGEST = 20_000;
const HINT = new Uint8Array(32).fill(7);
const NO_SIGNATURE = new Uint8Array(64);
const NOBODY: Signer = { publicKey: me.signer.publicKey, sign: async () => NO_SIGNATURE };

/** A text to the bytes that are handed to the transport: choose causes, compose, sign, take the step. */
export const send: Subject = { name: "send", run: sendRows };

async function* sendRows({ quick }: BenchOptions): AsyncGenerator<Row, void, undefined> {
  for (const history of quick ? [100, 1_000, 10_000] : [100, 1_000, 10_000, 20_000, 100_000, 1_000_000]) {
    const peer = history <= (quick ? 1_000 : PEER_LARGEST) ? await peerTime(history, quick) : null;
    const channel = grown(history);
    const runs = quick ? 100 : 300;
    yield row(`send, no signatures, history ${history}`, "ms", await ourTime(channel, NOBODY, runs), peer);
    yield row(`send, signed twice, history ${history}`, "ms", await ourTime(channel, me.signer, runs), peer);
  }
}

interface Grown {
  readonly channel: OurChannel;
  readonly traffic: Traffic;
}

function grown(history: number): Grown {
  const channel = new OurChannel();
  const traffic = new Traffic({ authors: 5, dependencies: 2 });
  while (traffic.count < history) channel.receive(traffic.next());
  return { channel, traffic };
}

/** Median of single sends; between them the message is taken by the network and named by somebody, as in life. */
async function ourTime({ channel, traffic }: Grown, signer: Signer, runs: number): Promise<number> {
  const times: number[] = [];
  for (let run = -20; run < runs; run++) {
    channel.now = START + traffic.count * SPACING_MS;
    const requestId = `${signer === NOBODY}${run}`;
    const time = await millisecondsOf(async () => {
      const preparation = prepare(channel.state, channel.env);
      const author = { channelId: CHANNEL, self: me.id, signer };
      const content = await composeContent(author, preparation, MESSAGE_TYPE.chat, textOf(run), channel.env.now);
      channel.dispatch({ kind: "composed", content, requestId });
    });
    if (run >= 0) times.push(time);
    const item = [...channel.state.outbox.open].at(-1);
    if (item === undefined) throw new Error("Nothing was sent.");
    const { id, lamport } = item.entry;
    channel.dispatch({ kind: "attempt-result", id, attempt: 1, outcome: { ok: true, hint: HINT } });
    traffic.skipTo(lamport);
    traffic.follow({ id, lamport });
    channel.receive(traffic.next());
  }
  return median(times);
}

async function peerTime(history: number, quick: boolean): Promise<number> {
  const peer = new PeerChannel("sender", 2);
  peer.fill(new PeerTraffic(2).take(history));
  const times: number[] = [];
  const runs = quick ? 7 : 21;
  for (let run = -2; run < runs; run++) {
    const time = await millisecondsOf(() => peer.send(textOf(1_000_000 + run)));
    if (run >= 0) times.push(time);
  }
  return median(times);
}
