import { expect, test } from "playwright/test";
import { openProjectBrowser } from "./project-browser.ts";
import { openStage, type Stage, type StageOptions } from "./stage.ts";

/** What a file of tests has of its stage: opening and clearing it is done for the file. */
export type FileStage = Omit<Stage, "clear" | "close" | "takePageErrors">;

/**
 * Call once at the top of a file. It plays in the browser of the project under which the file runs. All its tests play on one stage, opened before the first; after each the tabs are
 * closed, and an uncaught error in any of them fails the test.
 */
export function useStage(options: StageOptions = {}): FileStage {
  let stage: Stage | null = null;
  const opened = (): Stage => {
    if (stage === null) throw new Error("The stage is opened before the first test: use it inside of tests and hooks.");
    return stage;
  };
  test.beforeAll(async () => {
    stage = await openStage({ openBrowser: openProjectBrowser, ...options });
  });
  test.afterEach(async () => {
    await opened().clear();
    expect(opened().takePageErrors()).toEqual([]);
  });
  test.afterAll(() => stage?.close());
  return {
    get node() {
      return opened().node;
    },
    get startUrl() {
      return opened().startUrl;
    },
    openTab: (context) => opened().openTab(context),
    get meet() {
      return opened().meet;
    },
  };
}
