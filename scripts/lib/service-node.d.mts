import type { ChildProcess } from "node:child_process";

/** True if anything listens on 127.0.0.1:port. */
export declare function isPortTaken(port: number): Promise<boolean>;
/** Starts the service node of the repository at `root` on 127.0.0.1:port; resolves when it answers. */
export declare function startServiceNode(root: string, port: number): Promise<{ readonly process: ChildProcess }>;
