import { expect, type Page, test } from "playwright/test";
import { openFirefoxExtension } from "./firefox-extension.ts";

/** What the other tests of the extension in Firefox take for granted of how it is driven. */

/** Resolves to the errors of the extension's pages that were told when the browser was closed. */
async function useFirstPage(use: (page: Page) => Promise<void>): Promise<readonly string[]> {
  const firefox = await openFirefoxExtension();
  try {
    await use(await firefox.open("tab"));
  } finally {
    await firefox.dispose();
  }
  return firefox.pageErrors;
}

test("of a page of the extension that follows upon another is told, though nothing is asked of it meanwhile", async () => {
  const errors = await useFirstPage(async (page) => {
    await Promise.all([page.waitForEvent("load"), page.goto(page.url().replace("tab", "panel"))]);
    await page.locator('[data-screen="home"]').waitFor();
  });
  expect(errors).toEqual([]);
});

test("errors that nobody caught in a page of the extension are told", async () => {
  const errors = await useFirstPage((page) =>
    page.evaluate(async () => {
      const reported = ["error", "unhandledrejection"].map(
        (type) => new Promise((resolve) => addEventListener(type, resolve, { once: true })),
      );
      setTimeout(() => {
        throw new Error("planted error");
      });
      void Promise.reject(new Error("planted rejection"));
      await Promise.all(reported);
    }),
  );
  expect(errors).toHaveLength(2);
  for (const planted of ["planted error", "planted rejection"])
    expect(errors).toContainEqual(expect.stringContaining(planted));
});
