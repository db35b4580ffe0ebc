export declare const CHROMIUM_MISSING: string;
export declare const FIREFOX_MISSING: string;
export declare function findChromium(): Promise<string | undefined>;
export declare function findFirefox(): Promise<string | undefined>;
export declare function ensureChromium(): Promise<{ path: string | undefined; output: string }>;
export declare function ensureFirefox(): Promise<{ path: string | undefined; output: string }>;
