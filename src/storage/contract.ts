import type { ChannelStorage } from "./port.ts";
import { channelCases } from "./testing/channel-cases.ts";
import { commitCases } from "./testing/commit-cases.ts";
import { deviceCases } from "./testing/device-cases.ts";
import { readCases } from "./testing/read-cases.ts";

/** One storage over data that outlives it. */
export interface StorageFixture {
  readonly storage: ChannelStorage;
  /** Closes the storage that is open and opens the same data anew, as a reload does. */
  reopen(): Promise<ChannelStorage>;
  /** Closes and deletes everything. */
  dispose(): Promise<void>;
}

export interface StorageCase {
  readonly name: string;
  /** Makes its own fixture, disposes of it, and throws an `Error` with words when the storage breaks the contract. */
  run(makeStorage: () => Promise<StorageFixture>): Promise<void>;
}

/** What every `ChannelStorage` must do. Knows no test framework, so that it runs in Node, a page and a worker alike. */
export const storageContract: readonly StorageCase[] = [...commitCases, ...readCases, ...channelCases, ...deviceCases];
