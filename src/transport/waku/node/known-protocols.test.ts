import type { Peer, PeerData, PeerId, PeerStore } from "@libp2p/interface";
import { expect, test } from "vitest";
import { noteProtocolsOnce } from "./known-protocols.ts";

function bench() {
  const merged: string[] = [];
  let failure: Error | undefined;
  const peerStore = {
    merge: async (id: PeerId, data: PeerData) => {
      if (failure !== undefined) throw failure;
      merged.push(`${id} ${Object.keys(data)} ${data.protocols ?? ""}`);
      return { id } as Peer;
    },
  } as unknown as PeerStore;
  noteProtocolsOnce({ peerStore });
  const note = (id: string, data: PeerData) => peerStore.merge(id as unknown as PeerId, data);
  return {
    merged,
    note,
    fail: (error: Error | undefined) => {
      failure = error;
    },
  };
}

test("that a peer speaks a protocol is noted once, of each peer and each protocol", async () => {
  const { merged, note } = bench();
  for (const id of ["a", "b", "a"]) {
    for (const protocol of ["/x", "/y", "/x"]) expect(await note(id, { protocols: [protocol] })).toEqual({ id });
  }
  expect(merged).toEqual(["a protocols /x", "a protocols /y", "b protocols /x", "b protocols /y"]);
});

test("all else that is noted of a peer is, each time", async () => {
  const { merged, note } = bench();
  for (let time = 0; time < 2; time++) {
    await note("a", { protocols: ["/x", "/y"] });
    await note("a", { protocols: ["/x"], multiaddrs: [] });
    await note("a", { metadata: {} });
  }
  expect(merged).toHaveLength(6);
});

test("what could not be noted is tried again", async () => {
  const { merged, note, fail } = bench();
  fail(new Error("full"));
  await expect(note("a", { protocols: ["/x"] })).rejects.toThrow("full");
  fail(undefined);
  await note("a", { protocols: ["/x"] });
  expect(merged).toEqual(["a protocols /x"]);
});

test("of how many peers it knows is bounded", async () => {
  const { merged, note } = bench();
  for (let peer = 0; peer < 257; peer++) await note(`${peer}`, { protocols: ["/x"] });
  await note("256", { protocols: ["/x"] });
  expect(merged).toHaveLength(257);
  await note("0", { protocols: ["/x"] });
  expect(merged).toHaveLength(258);
});
