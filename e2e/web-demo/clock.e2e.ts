// First: libp2p needs it in Node.
import "../../node/polyfills.ts";
import { expect, test } from "playwright/test";
import type { ChannelHost } from "../../src/channel/api/channel-host.ts";
import { createChannelHost } from "../../src/channel/host/host.ts";
import { systemClock } from "../../src/runtime/system-clock.ts";
import { createMemoryStorage } from "../../src/storage/memory/memory-storage.ts";
import { createWakuTransport } from "../../src/transport/waku/waku-transport.ts";
import { createChannel } from "../support/demo-page.ts";
import { useStage } from "../support/use-stage.ts";

const HOUR = 3_600_000;
const stage = useStage();
const others: ChannelHost[] = [];

test.afterEach(async () => {
  await Promise.all(others.splice(0).map((host) => host.close()));
});

/** Somebody whose device's clock is an hour ahead of the browser's. */
async function joinAhead(invite: string, displayName: string): Promise<void> {
  const clock = { now: () => Date.now() + HOUR, schedule: systemClock.schedule };
  const host = createChannelHost({
    storage: createMemoryStorage(),
    clock,
    openTransport: (network) => createWakuTransport({ network, clock }),
  });
  others.push(host);
  await host.join({ invite, displayName });
}

test("a person is asked when others' clocks show another time, answers, and takes it back", async () => {
  const page = await stage.openTab();
  await page.goto(stage.startUrl);
  const invite = await createChannel(page, { channelName: "Harbour", yourName: "Alice" });
  for (const name of ["Ben", "Cleo"]) await joinAhead(invite, name);
  const question = page.getByText(
    /^Others' clocks say \d\d:\d\d.*, yours says \d\d:\d\d.*\. Correct it for Hearback\?$/,
  );
  await expect(question).toBeVisible();
  await page.getByRole("button", { name: "Correct it" }).click();
  const note = page.getByText(
    "You had the clock corrected: this channel goes by a time 60 minutes ahead of this device's.",
  );
  await expect(note).toBeVisible();
  await expect(question).toHaveCount(0);
  await page.reload();
  await expect(note).toBeVisible();
  await page.getByRole("button", { name: "Use this device's clock" }).click();
  await expect(note).toHaveCount(0);
  await page.reload();
  // Where it is not kept there is no note; after a restart the others ask anew.
  await expect(question).toBeVisible();
  await page.getByRole("button", { name: "Keep it" }).click();
  await expect(question).toHaveCount(0);
});
