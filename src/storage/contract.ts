import { channelCases } from "./testing/channel-cases.ts";
import { commitCases } from "./testing/commit-cases.ts";
import { deviceCases } from "./testing/device-cases.ts";
import { readCases } from "./testing/read-cases.ts";
import type { StorageCase } from "./testing/storage-case.ts";

/** What every `ChannelStorage` must do. Knows no test framework, so that it runs in Node, a page and a worker alike. */
export const storageContract: readonly StorageCase[] = [...commitCases, ...readCases, ...channelCases, ...deviceCases];
