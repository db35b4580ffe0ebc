export declare const NEED_THEIR_OWN_PROCESS: readonly string[];
