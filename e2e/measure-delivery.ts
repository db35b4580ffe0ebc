import { openFreshProfile } from "./support/browser.ts";
import {
  composer,
  createChannel,
  demoAddress,
  expectParticipants,
  inviteCode,
  joinByCode,
  sendAndTime,
} from "./support/demo-page.ts";
import { serveDemo, startTestServiceNode } from "./support/real-parts.ts";

/**
 * Time from the click on Send until the mark says "Received by all 2", with the demo's own parameters: three tabs, a real
 * service node, one message after the other. `npx tsx e2e/measure-delivery.ts [COUNT]`, after `npm run build:demo`.
 */
const count = Number(process.argv[2] ?? 20);
const [node, demo, profile] = await Promise.all([startTestServiceNode(), serveDemo(), openFreshProfile()]);
try {
  const url = demoAddress(demo.url, { node: node.multiaddr });
  const alice = await profile.context.newPage();
  await alice.goto(url);
  await createChannel(alice, { channelName: "Measured", yourName: "Alice" });
  for (const name of ["Bob", "Carol"]) {
    const page = await profile.context.newPage();
    await joinByCode(page, url, await inviteCode(alice), name);
  }
  await alice.bringToFront();
  await expectParticipants(alice, 3, { timeout: 30_000 });
  await composer(alice).waitFor();
  const times: number[] = [];
  for (let n = 1; n <= count; n++) times.push((await sendAndTime(alice, `measured message ${n}.`, 30_000)).ms);
  times.sort((a, b) => a - b);
  const at = (share: number) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
  process.stdout.write(`${JSON.stringify({ messages: count, medianMs: at(0.5), p90Ms: at(0.9), maxMs: at(1) })}\n`);
} finally {
  await profile.dispose();
  await Promise.all([node.stop(), demo.close()]);
}
