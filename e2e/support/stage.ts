import type { BrowserContext, Page } from "playwright";
import { openFreshProfile } from "./browser.ts";
import { createChannel, demoAddress, expectParticipants, joinByCode } from "./demo-page.ts";
import { serveDemo, startTestServiceNode, type TestServiceNode } from "./real-parts.ts";

/** Firefox tells as an error of the page what Chromium only writes to the console; what the page makes of it is tested. */
const FAILED_CONNECTION = /^(Firefox can’t establish a connection|The connection) to (the server at )?ws:/;
/** Quick enough for a test, and still in the order in which the protocol's own times stand. */
const QUICK = { ackWindowMs: 300, reorderWaitMs: 300, resendFirstMs: 1_000, idleSyncMinMs: 2_000 } as const;

export interface StageOptions {
  /** Parameters of the channels created here, over the quick ones of the tests. Null: the demo's own. */
  readonly parameters?: Readonly<Record<string, number>> | null;
  /** Where tabs open unless told otherwise; by default a browser with a fresh profile. */
  readonly openBrowser?: () => Promise<{ readonly context: BrowserContext; dispose(): Promise<void> }>;
}

/** The built demo, a service node of its own and a browser with a fresh profile: what one file of tests plays on. */
export interface Stage {
  readonly node: TestServiceNode;
  /** The start page; channels created there use this stage's service node and its quick protocol times. */
  readonly startUrl: string;
  /** Opens an empty tab, by default in the stage's own browser. Uncaught errors in it are kept in `pageErrors`. */
  openTab(context?: BrowserContext): Promise<Page>;
  /** Everybody gets a tab; the first creates a channel, the others join by its invite; all know of all. */
  meet<const Names extends readonly [string, ...string[]]>(...names: Names): Promise<{ [K in keyof Names]: Page }>;
  /** Uncaught errors of all tabs since the last call. */
  takePageErrors(): readonly string[];
  /** Closes all tabs, so that the next test has the machine for itself. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const { parameters = {}, openBrowser = openFreshProfile } = options;
  const [node, demo, browser] = await Promise.all([startTestServiceNode(), serveDemo(), openBrowser()]);
  const quick = parameters === null ? {} : { ...QUICK, ...parameters };
  const startUrl = demoAddress(demo.url, { node: node.multiaddr, parameters: quick });
  const tabs = new Set<Page>();
  let pageErrors: string[] = [];

  async function openTab(context = browser.context): Promise<Page> {
    const page = await context.newPage();
    page.on("pageerror", (error) => {
      if (!FAILED_CONNECTION.test(error.message)) pageErrors.push(error.stack ?? error.message);
    });
    page.once("close", () => tabs.delete(page));
    tabs.add(page);
    return page;
  }

  async function meet(...names: readonly string[]): Promise<Page[]> {
    const pages: Page[] = [];
    let code: string | undefined;
    for (const name of names) {
      const page = await openTab();
      if (code === undefined) {
        await page.goto(startUrl);
        code = await createChannel(page, { channelName: `Channel of ${names.join(", ")}`, yourName: name });
      } else {
        await joinByCode(page, startUrl, code, name);
      }
      pages.push(page);
    }
    for (const page of pages) await expectParticipants(page, names.length);
    return pages;
  }

  return {
    node,
    startUrl,
    openTab,
    meet: meet as Stage["meet"],
    takePageErrors() {
      const taken = pageErrors;
      pageErrors = [];
      return taken;
    },
    async clear() {
      await Promise.all([...tabs].map((page) => page.close()));
    },
    async close() {
      await browser.dispose();
      await Promise.all([node.stop(), demo.close()]);
    },
  };
}
