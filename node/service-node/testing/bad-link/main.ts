import { createInterface } from "node:readline";
import { type BadProxy, type Direction, startBadProxy } from "./bad-proxy.ts";

const HELP = `npx tsx node/service-node/testing/bad-link/main.ts PORT
Listens on a free port, prints it, passes all on to PORT, and reads commands from its input, one a line:
  delay MS | stall | swallow   each with "toClient" or "toServer" behind it, or about both directions
  swallow-after BYTES | heal | cut | change-network | reset | figures | stop`;

const targetPort = Number(process.argv[2]);
if (Number.isInteger(targetPort) && targetPort > 0) await serve(targetPort);
else {
  console.error(HELP);
  process.exitCode = 2;
}

async function serve(port: number): Promise<void> {
  const proxy = await startBadProxy(port);
  console.log(`bad link ready: ${proxy.port}`);
  for await (const line of createInterface({ input: process.stdin })) {
    const [command = "", ...words] = line.trim().split(/\s+/);
    if (command === "stop") break;
    obey(proxy, command, words);
  }
  await proxy.stop();
}

function obey(proxy: BadProxy, command: string, words: readonly string[]): void {
  const directions = words.filter((word): word is Direction => word === "toClient" || word === "toServer");
  const number = Number(words[0]);
  const commands: Record<string, () => void> = {
    delay: () => proxy.delay(number, ...directions),
    stall: () => proxy.stall(...directions),
    swallow: () => proxy.swallowOpen(...directions),
    "swallow-after": () => proxy.swallowAfter(number),
    heal: proxy.heal,
    cut: proxy.cut,
    "change-network": proxy.changeNetwork,
    reset: proxy.reset,
    figures: () => {
      const { passed, segments, accepted, open } = proxy;
      console.log(JSON.stringify({ passed, segments, accepted, open }));
    },
  };
  const run = commands[command];
  if (run === undefined) console.error(`Unknown command "${command}".\n${HELP}`);
  else run();
}
