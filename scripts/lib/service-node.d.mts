import type { ChildProcess } from "node:child_process";

export interface ServiceNodeAtHand {
  /** Undefined if it was running already. */
  readonly process: ChildProcess | undefined;
  readonly multiaddr: string;
}

/** Starts the service node of the repository at `root` on 127.0.0.1:port (0: any free one); resolves when it is ready. */
export declare function startServiceNode(root: string, port: number): Promise<ServiceNodeAtHand>;
