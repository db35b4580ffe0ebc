import type { Page } from "playwright";
import { expect, test } from "playwright/test";
import { expectDelivery, messages, send } from "../support/demo-page.ts";
import { useStage } from "../support/use-stage.ts";

const stage = useStage();

const GONE = "The text of this message is no longer on this device: its storage was full.";

test("a message whose text had to go stands in its place and says so, with nothing to copy", async () => {
  const [alice, bob] = await stage.meet("Alice", "Bob");
  await send(bob, "soon gone");
  await expectDelivery(bob, "soon gone", "everyone");
  const id = await messages(alice, "soon gone").getAttribute("data-message-id");
  await deleteBodies(alice);
  await alice.reload();
  const row = alice.locator(`[data-message-id="${id}"]`);
  await expect(row.locator(".row-text")).toHaveText(GONE);
  await expect(row.locator(".row-text")).toHaveCSS("font-style", "italic");
  await expect(alice.getByRole("log").getByText("Bob introduced themselves")).toBeVisible();
  await row.locator(".row-delivery").click();
  await expect(alice.getByRole("dialog").getByText(GONE)).toBeVisible();
  await expect(alice.getByRole("button", { name: "Copy text" })).toBeDisabled();
  // What is said from now on is there.
  await alice.keyboard.press("Escape");
  await expect(alice.getByRole("dialog")).toHaveCount(0);
  await send(alice, "said later");
  await expect(messages(alice, "said later")).toHaveCount(1);
});

/** As a full disk makes it: all texts of this page's participant are gone from its database. */
async function deleteBodies(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (const { name } of await indexedDB.databases()) {
      await new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open(name ?? "");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const db = opening.result;
          // Drafts have a database of their own.
          if (!db.objectStoreNames.contains("body")) {
            db.close();
            resolve();
            return;
          }
          const transaction = db.transaction("body", "readwrite");
          transaction.objectStore("body").clear();
          transaction.oncomplete = () => {
            db.close();
            resolve();
          };
          transaction.onabort = () => reject(transaction.error);
        };
      });
    }
  });
}
