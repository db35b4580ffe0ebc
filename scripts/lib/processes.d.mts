import type { ChildProcess } from "node:child_process";

type Environment = Record<string, string | undefined>;

export declare function run(
  command: string,
  args: readonly string[],
  options?: {
    readonly cwd?: string;
    readonly env?: Environment;
    readonly live?: boolean;
    readonly log?: string;
    readonly timeoutMs?: number;
  },
): Promise<{ readonly code: number; readonly output: string; readonly timedOut: boolean }>;
/** Starts Node with these arguments; it stops when this process ends, however it ends. */
export declare function startNodeServer(
  nodeArgs: readonly string[],
  options?: { readonly cwd?: string; readonly env?: Environment },
): ChildProcess;
export declare function stopGroup(pid: number | undefined): Promise<void>;
export declare function stopAll(): Promise<void>;
export declare function stopAllOnSignals(beforeExit?: () => Promise<void>): void;
