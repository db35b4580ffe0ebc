import { performance } from "node:perf_hooks";
import { openExtensionProfile } from "./extension/support/extension.ts";
import { createInExtension, joinInExtension, openFromList } from "./extension/support/extension-page.ts";
import { expectConnection, expectParticipants, inviteCode, messages, send, sendAndTime } from "./support/demo-page.ts";
import { startTestServiceNode } from "./support/real-parts.ts";

/**
 * Figures of the extension in a real Chromium on a real service node: `npx tsx e2e/measure-extension.ts`, after
 * `npm run build:extension`. Cold start: the worker is stopped, a popup opened, until history and until "Connected".
 */
const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
};
const node = await startTestServiceNode();
const [ada, ben, cleo] = await Promise.all([openExtensionProfile(), openExtensionProfile(), openExtensionProfile()]);
try {
  const adaTab = await ada.open("tab");
  await createInExtension(adaTab, { channelName: "Measured", yourName: "Ada", node: node.multiaddr });
  for (const [profile, name] of [
    [ben, "Ben"],
    [cleo, "Cleo"],
  ] as const) {
    await joinInExtension(await profile.open("tab"), await inviteCode(adaTab), name);
  }
  await expectParticipants(adaTab, 3, { timeout: 60_000 });
  const delivery: number[] = [];
  for (let n = 1; n <= 20; n++) delivery.push((await sendAndTime(adaTab, `measured ${n}.`, 30_000)).ms);

  const views = await Promise.all(Array.from({ length: 14 }, () => ada.open("panel")));
  for (const view of views) await openFromList(view);
  const broadcast: number[] = [];
  for (let n = 1; n <= 10; n++) {
    const text = `to all views ${n}.`;
    const began = performance.now();
    await Promise.all([send(adaTab, text), ...[adaTab, ...views].map((view) => messages(view, text).waitFor())]);
    broadcast.push(performance.now() - began);
  }
  for (const view of views) await view.close();
  await adaTab.close();

  const [history, connected]: [number[], number[]] = [[], []];
  const warm = await ada.open("popup");
  await openFromList(warm);
  await warm.close();
  for (let n = 0; n < 10; n++) {
    await ada.stopWorker();
    const began = performance.now();
    const popup = await ada.open("popup");
    await messages(popup, "measured 20.").waitFor();
    history.push(performance.now() - began);
    await expectConnection(popup, "online");
    connected.push(performance.now() - began);
    await popup.close();
  }
  const figures = {
    receivedByAll2MedianMs: median(delivery),
    broadcastTo15ViewsMedianMs: median(broadcast),
    coldStartToHistoryMedianMs: median(history),
    coldStartToConnectedMedianMs: median(connected),
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  await Promise.all([ada.dispose(), ben.dispose(), cleo.dispose()]);
  await node.stop();
}
