import "../../polyfills.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Participant, participant } from "./participants.ts";
import { freePort, ServiceNodeProcess } from "./service-node-process.ts";

const HELP = `npx tsx node/service-node/testing/soak.ts [--minutes N] [--clients N] [--kill-every SECONDS]
Two meshed service nodes that keep their messages on disk, participants of one channel at both, one of the nodes killed
and started again all the time. Passes if in the end everybody has every message, once, in one order.`;

const SAY_EVERY_MS = 2_000;
const DOWN_MS = 3_000;
const SETTLE_MS = 5 * 60_000;
const MOST_RSS_BYTES = 512 * 1024 * 1024;
/** Nearer to what people have than what makes quick tests. */
const PARAMETERS = { ackWindowMs: 1_000, idleSyncMinMs: 5_000, resendFirstMs: 5_000 };

interface Plan {
  readonly minutes: number;
  readonly clients: number;
  readonly killEverySeconds: number;
}

/** A service node that is always at the same place, whichever process it is. */
class LastingNode {
  readonly name: string;
  multiaddr = "";
  kills = 0;
  process: ServiceNodeProcess | undefined;
  private readonly args: readonly string[];

  constructor(name: string, args: readonly string[]) {
    this.name = name;
    this.args = args;
  }

  async start(): Promise<void> {
    this.process = new ServiceNodeProcess(this.args);
    this.multiaddr = await this.process.ready();
  }

  async killAndStart(): Promise<void> {
    await this.process?.stop("SIGKILL");
    this.kills += 1;
    await sleep(DOWN_MS);
    await this.start();
  }

  async status(): Promise<{ rss: number; stored: { messages: number } }> {
    this.process?.signal("SIGUSR2");
    const line = await this.process?.said(/^\{.*\}$/m);
    return JSON.parse(line?.[0] ?? "");
  }
}

async function startNodes(folder: string): Promise<readonly [LastingNode, LastingNode]> {
  const [portA, tcpA, portB] = [await freePort(), await freePort(), await freePort()];
  const args = (name: string, port: number) => [
    ...["--port", String(port), "--data", join(folder, name), "--key-file", join(folder, `${name}.key`)],
  ];
  const first = new LastingNode("A", [...args("A", portA), "--tcp-port", String(tcpA)]);
  await first.start();
  const tcpAddress = first.multiaddr.replace(`/tcp/${portA}/ws`, `/tcp/${tcpA}`);
  const second = new LastingNode("B", [...args("B", portB), "--peer", tcpAddress]);
  await second.start();
  await second.process?.said(/relay \S+ connected/);
  return [first, second];
}

async function joinAll(nodes: readonly LastingNode[], count: number): Promise<readonly Participant[]> {
  const members: Participant[] = [];
  for (let index = 0; index < count; index += 1) {
    const { multiaddr = "" } = nodes[index % nodes.length] ?? {};
    members.push(await participant(`P${index}`, [multiaddr], members[0]?.inviteCode, PARAMETERS));
  }
  return members;
}

/** One message every two seconds, each by the next participant, whether its node is there or not. */
async function talk(members: readonly Participant[], until: number): Promise<string[]> {
  const said: string[] = [];
  while (Date.now() < until) {
    const text = `message ${said.length}`;
    await members[said.length % members.length]?.say(text);
    said.push(text);
    await sleep(SAY_EVERY_MS);
  }
  return said;
}

async function killInTurn(nodes: readonly LastingNode[], everyMs: number, until: number): Promise<void> {
  for (let turn = 0; Date.now() + everyMs < until; turn += 1) {
    await sleep(everyMs);
    await nodes[turn % nodes.length]?.killAndStart();
  }
}

/** What is still wrong; empty when everybody has everything, once, in one order. */
async function faults(members: readonly Participant[], said: readonly string[]): Promise<string[]> {
  const logs = await Promise.all(members.map((member) => member.texts()));
  const order = JSON.stringify(logs[0]);
  return logs.flatMap((texts, index) => {
    const missing = said.filter((text) => !texts.includes(text));
    const twice = texts.length - new Set(texts).size;
    const isOther = missing.length + twice === 0 && JSON.stringify(texts) !== order;
    return missing.length + twice === 0 && !isOther
      ? []
      : [
          `P${index}: ${missing.length} missing (${missing.slice(0, 5).join(", ")}), ${twice} twice${isOther ? ", another order" : ""}`,
        ];
  });
}

async function settle(members: readonly Participant[], said: readonly string[]): Promise<string[]> {
  const deadline = Date.now() + SETTLE_MS;
  let found = await faults(members, said);
  while (found.length > 0 && Date.now() < deadline) {
    await sleep(1_000);
    found = await faults(members, said);
  }
  return found;
}

async function soak(plan: Plan, folder: string): Promise<readonly string[]> {
  const nodes = await startNodes(folder);
  const members = await joinAll(nodes, plan.clients);
  try {
    const until = Date.now() + plan.minutes * 60_000;
    const [said] = await Promise.all([talk(members, until), killInTurn(nodes, plan.killEverySeconds * 1_000, until)]);
    const settledFrom = Date.now();
    const found = await settle(members, said);
    const seconds = Math.round((Date.now() - settledFrom) / 1_000);
    console.log(`${said.length} messages, ${members.length} participants; settled after ${seconds} s`);
    for (const node of nodes) {
      const { rss, stored } = await node.status();
      console.log(
        `node ${node.name}: killed ${node.kills} times, ${stored.messages} stored, ${Math.round(rss / 2 ** 20)} MiB`,
      );
      if (rss > MOST_RSS_BYTES) {
        found.push(`node ${node.name} takes ${rss} bytes of memory`);
      }
    }
    return found;
  } finally {
    await Promise.all(members.map((member) => member.close()));
    await Promise.all(nodes.map((node) => node.process?.stop("SIGKILL")));
  }
}

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    clients: { type: "string", default: "20" },
    "kill-every": { type: "string", default: "45" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const folder = await mkdtemp(join(tmpdir(), "hearback-soak-"));
const plan = {
  minutes: Number(values.minutes),
  clients: Number(values.clients),
  killEverySeconds: Number(values["kill-every"]),
};
const found = await soak(plan, folder).finally(() => rm(folder, { recursive: true }));
console.log(found.length === 0 ? "passed" : `FAILED\n${found.join("\n")}`);
process.exit(found.length === 0 ? 0 : 1);
