import { expect, type Locator, type Page } from "playwright/test";
import { inviteLinkOf, parseInvite } from "../../src/identity/joining/invite.ts";

/**
 * The demo as a person uses it: everything is found by its label, its role or a stable data attribute. Shared by the
 * tests and the smoke command.
 */
export interface NewChannel {
  readonly channelName: string;
  readonly yourName: string;
}

/** The demo's start page, on which channels are created with other service nodes and protocol times than usual. */
export function demoAddress(
  demoUrl: string,
  options: { readonly node?: string; readonly parameters?: Readonly<Record<string, number>> } = {},
): string {
  const url = new URL(demoUrl);
  if (options.node !== undefined) url.searchParams.append("node", options.node);
  for (const [name, value] of Object.entries(options.parameters ?? {})) url.searchParams.set(`p.${name}`, `${value}`);
  return url.href;
}

/** Creates a channel on the start page and returns its invite code once the channel is open. */
export async function createChannel(page: Page, channel: NewChannel): Promise<string> {
  const form = page.locator("form").filter({ has: page.getByRole("button", { name: "Create channel" }) });
  await form.getByLabel("Channel name").fill(channel.channelName);
  await form.getByLabel("Your name").fill(channel.yourName);
  await form.getByRole("button", { name: "Create channel" }).click();
  await composer(page).waitFor();
  return inviteCode(page);
}

/** Opens the link that carries the invite code, and accepts the preview. */
export async function joinByCode(page: Page, demoUrl: string, code: string, yourName: string): Promise<void> {
  await page.goto(inviteLinkOf(demoUrl, parseInvite(code)));
  await acceptInvite(page, yourName);
}

/** Accepts the preview that a link or code has led to. */
export async function acceptInvite(page: Page, yourName: string): Promise<void> {
  const join = page.getByRole("button", { name: "Join channel" });
  await join.waitFor();
  await page.getByLabel("Your name").fill(yourName);
  await join.click();
  await composer(page).waitFor();
}

export async function inviteCode(page: Page): Promise<string> {
  const holder = page.locator("[data-invite-code]").first();
  await holder.waitFor({ state: "attached" });
  const code = await holder.getAttribute("data-invite-code");
  if (code === null || code === "") throw new Error("the page shows an empty invite code");
  return code;
}

export function composer(page: Page): Locator {
  return page.getByRole("textbox", { name: "Message" });
}

/**
 * Writes and sends; resolves when the composer is empty again, which means that the message is durable. By Enter: a
 * click waits for the page to be drawn, and a browser hardly draws tabs in the background.
 */
export async function send(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press("Enter");
  await expect(composer(page)).toHaveValue("");
}

/** The rows of the chat whose text is exactly this. */
export function messages(page: Page, text: string): Locator {
  return page.locator("[data-message-id]").filter({ has: page.getByText(text, { exact: true }) });
}

/** Waits until the delivery mark of a message is in this state ("sent", "received", "everyone", ...). */
export async function expectDelivery(
  page: Page,
  text: string,
  state: string,
  words?: string | RegExp,
  options?: { readonly timeout: number },
): Promise<void> {
  const mark = messages(page, text).locator("[data-delivery]");
  await expect(mark).toHaveAttribute("data-delivery", state, options);
  if (words !== undefined) await expect(mark).toContainText(words, options);
}

/** Waits until a tab, its matrix included, says of each of these messages that all `n` others have it. */
export async function expectReceivedByAll(page: Page, texts: readonly string[], n: number): Promise<void> {
  await expectReceivedByAllInChat(page, texts, n);
  for (const text of texts) {
    const row = matrixRow(page, text);
    await expect(row).toHaveAttribute("data-matrix-state", "everyone");
    await expect(row.locator("td[data-cell=author]")).toHaveCount(1);
    await expect(row.locator("td[data-cell=has]")).toHaveCount(n);
    await expect(row.locator("td[data-cell=none]")).toHaveCount(0);
  }
}

/** The same where there is no matrix: the marks beside the messages. */
export async function expectReceivedByAllInChat(page: Page, texts: readonly string[], n: number): Promise<void> {
  for (const text of texts) await expectDelivery(page, text, "everyone", new RegExp(`^Received by all ${n}$`));
}

/** The row of the delivery matrix with this message. */
export function matrixRow(page: Page, text: string): Locator {
  return page.locator("[data-matrix-row]").filter({ has: page.getByText(text, { exact: true }) });
}

/** Waits until each text stands in the log exactly once, in every tab. */
export async function expectOnceEach(pages: readonly Page[], texts: readonly string[]): Promise<void> {
  for (const page of pages) for (const text of texts) await expect(messages(page, text)).toHaveCount(1);
}

/** Waits until all tabs show the same messages in the same order. */
export async function expectSameLog(pages: readonly Page[]): Promise<void> {
  await expect
    .poll(async () => new Set((await Promise.all(pages.map(logOf))).map((log) => JSON.stringify(log))).size)
    .toBe(1);
}

/** Ids of all messages on screen, in their order. */
export async function logOf(page: Page): Promise<readonly string[]> {
  const rows = page.getByRole("log").locator("[data-message-id]");
  return rows.evaluateAll((elements) => elements.map((element) => element.getAttribute("data-message-id") ?? ""));
}

/** Texts of all that was said, in the order of the log; who introduced themselves is left out. */
export async function textsOf(page: Page): Promise<readonly string[]> {
  return page.getByRole("log").locator("[data-message-id] .row-text").allInnerTexts();
}

/** Waits until the header shows this state of the connection. */
export async function expectConnection(page: Page, state: "online" | "offline" | "connecting"): Promise<void> {
  await expect(page.locator("[data-connection]")).toHaveAttribute("data-connection", state);
}

/** Comes back as somebody whom no tab is any more, from the start page. */
export async function continueAs(page: Page, startUrl: string, name: string): Promise<void> {
  await page.goto(startUrl);
  await page.getByRole("button", { name: `Continue as ${name}` }).click();
  await composer(page).waitFor();
}

/** The participant that this tab is. */
export async function ownParticipant(page: Page): Promise<string> {
  const me = page.locator("[data-participant]").filter({ has: page.getByText("you", { exact: true }) });
  const id = await me.getAttribute("data-participant");
  if (id === null) throw new Error("the page does not say who it is");
  return id;
}

/** Waits until this many people, this one included, are listed. */
export async function expectParticipants(page: Page, count: number, options?: { timeout: number }): Promise<void> {
  await expect(page.locator("[data-participant]")).toHaveCount(count, options);
}

/**
 * Sends a message and measures, in the page, from the click on Send until its mark says that everybody has it.
 * @returns milliseconds, and what the mark says then
 */
export async function sendAndTime(page: Page, text: string, limitMs: number): Promise<{ ms: number; words: string }> {
  await composer(page).fill(text);
  const [measured] = await Promise.all([
    page.evaluate(watchDelivery, { text, limitMs }),
    page.getByRole("button", { name: "Send", exact: true }).click(),
  ]);
  return measured;
}

/**
 * Runs in the page. Its parts are methods, because the compiler that runs these files wraps named functions in a helper
 * that the page does not have.
 */
function watchDelivery({ text, limitMs }: { text: string; limitMs: number }): Promise<{ ms: number; words: string }> {
  return new Promise((resolve, reject) => {
    const watch = {
      clickedAt: -1,
      mark(): HTMLElement | undefined {
        const rows = [...document.querySelectorAll<HTMLElement>("[data-message-id]")];
        const row = rows.find((candidate) => candidate.textContent?.includes(text));
        return row?.querySelector<HTMLElement>("[data-delivery]") ?? undefined;
      },
      look(): void {
        const mark = watch.mark();
        if (watch.clickedAt < 0 || mark?.dataset.delivery !== "everyone") return;
        observer.disconnect();
        resolve({ ms: performance.now() - watch.clickedAt, words: mark.textContent?.trim() ?? "" });
      },
      giveUp(): void {
        observer.disconnect();
        const state = watch.mark()?.dataset.delivery ?? "not shown";
        reject(new Error(`after ${limitMs} ms the message is still "${state}", not received by all`));
      },
    };
    const observer = new MutationObserver(watch.look);
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    setTimeout(watch.giveUp, limitMs);
    document.addEventListener(
      "click",
      (event) => {
        const onButton = event.target instanceof Element && event.target.closest("button") !== null;
        if (onButton && watch.clickedAt < 0) watch.clickedAt = performance.now();
      },
      true,
    );
  });
}
