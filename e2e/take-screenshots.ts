import { mkdir } from "node:fs/promises";
import { openExtensionProfile } from "./extension/support/extension.ts";
import { joinInExtension, openFromList } from "./extension/support/extension-page.ts";
import { expectDelivery, expectParticipants, inviteCode, messages, send } from "./support/demo-page.ts";
import { openStage } from "./support/stage.ts";

/** The pictures of the documentation, of the real thing: `npx tsx e2e/take-screenshots.ts`, after both builds. */
const FOLDER = "docs/images";
const TALK = [
  "Morning! The ferry is late, back at nine.",
  "Thanks, I will tell the crew.",
  "Nobody is on the pier yet",
  "Bring the spare line please",
];
await mkdir(FOLDER, { recursive: true });
const stage = await openStage();
const extension = await openExtensionProfile();
try {
  const [ada, ben] = await stage.meet("Ada", "Ben");
  const tab = await extension.open("tab");
  await joinInExtension(tab, await inviteCode(ada), "Cleo");
  for (const view of [ada, ben, tab]) await expectParticipants(view, 3);
  const speakers = [ada, ben, tab, ada];
  for (const [index, text] of TALK.entries()) {
    const speaker = speakers[index] ?? ada;
    if (index === 0) await speaker.getByRole("checkbox", { name: "Announcement" }).check();
    await send(speaker, text);
    for (const view of [ada, ben, tab]) await expectDelivery(view, text, "everyone");
  }
  await ada.setViewportSize({ width: 1280, height: 760 });
  const dismiss = ada.getByRole("button", { name: "Dismiss" });
  if ((await dismiss.count()) > 0) await dismiss.click();
  for (const colorScheme of ["light", "dark"] as const) {
    for (const page of [ada, tab]) await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await ada.mouse.move(0, 0);
    await ada.waitForFunction(() => document.getAnimations().length === 0);
    await ada.screenshot({ path: `${FOLDER}/demo-${colorScheme}.png` });
    await tab.setViewportSize({ width: 1000, height: 680 });
    await tab.screenshot({ path: `${FOLDER}/extension-tab-${colorScheme}.png` });
    for (const [view, width, height] of [
      ["popup", 360, 600],
      ["panel", 340, 760],
    ] as const) {
      const page = await extension.open(view);
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height });
      if (await page.locator("[data-channel]").first().isVisible()) await openFromList(page);
      await messages(page, TALK[3] ?? "").waitFor();
      await page.screenshot({ path: `${FOLDER}/extension-${view}-${colorScheme}.png` });
      await page.close();
    }
  }
  await ada.setViewportSize({ width: 360, height: 720 });
  await ada.screenshot({ path: `${FOLDER}/demo-narrow.png` });
} finally {
  await extension.dispose();
  await stage.close();
}
