import type { Page } from "playwright/test";
import { acceptInvite, composer, expectParticipants, inviteCode, type NewChannel } from "../../support/demo-page.ts";
import type { FileStage } from "../../support/use-stage.ts";
import type { View } from "./extension.ts";

/** The extension as a person uses it. What chat looks like is shared with the demo: see `demo-page.ts`. */

/** Creates a channel on a service node and returns its invite code once the channel is open. */
export async function createInExtension(page: Page, channel: NewChannel & { readonly node: string }): Promise<string> {
  await page.getByRole("button", { name: "New channel" }).click();
  await page.getByLabel("Channel name").fill(channel.channelName);
  await page.getByLabel("Your name").fill(channel.yourName);
  await page.getByText("Advanced").click();
  await page.getByLabel("Service node address").fill(channel.node);
  await page.getByRole("button", { name: "Create channel" }).click();
  await composer(page).waitFor();
  return inviteCode(page);
}

/** Opens the only channel from the list, where a view that showed none before begins. */
export async function openFromList(page: Page): Promise<void> {
  await page.locator("[data-channel]").first().click();
  await composer(page).waitFor();
}

export async function joinInExtension(page: Page, code: string, yourName: string): Promise<void> {
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await page.getByLabel("Invite link or code").fill(code);
  await acceptInvite(page, yourName);
}

/** Ada in an extension, Ben in a demo tab of the stage, both in one channel and known to each other. */
export async function meetAdaAndBen(
  stage: Pick<FileStage, "meet">,
  ada: { open(view: View): Promise<Page> },
): Promise<{ readonly adaTab: Page; readonly ben: Page }> {
  const [ben] = await stage.meet("Ben");
  const adaTab = await ada.open("tab");
  await joinInExtension(adaTab, await inviteCode(ben), "Ada");
  for (const page of [adaTab, ben]) await expectParticipants(page, 2);
  return { adaTab, ben };
}
