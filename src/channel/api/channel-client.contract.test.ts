import { describe, test } from "vitest";
import { directHosts } from "../testing/host-pair.ts";
import { channelClientContract } from "./channel-client.contract.ts";
import { channelHostContract } from "./channel-host.contract.ts";

describe("a channel host in the same thread", () => {
  for (const { name, run } of channelHostContract) test(name, () => run(directHosts));
});

describe("a channel client in the same thread", () => {
  for (const { name, run } of channelClientContract) test(name, () => run(directHosts));
});
