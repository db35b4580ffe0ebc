export declare const CHROMIUM_MISSING: string;
/** Path of a Chromium: CHROMIUM_PATH, then PATH, then Playwright's own; undefined if there is none. */
export declare function findChromium(): Promise<string | undefined>;
export declare function ensureChromium(): Promise<{ readonly path: string | undefined; readonly output: string }>;
