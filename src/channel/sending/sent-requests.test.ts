import { afterEach, describe, expect, it } from "vitest";
import { senderIdOf } from "../../identity/keys/sender-id.ts";
import { generateDeviceKey, signerOf } from "../../identity/keys/webcrypto-signer.ts";
import type { StepInput } from "../../sds/io/step-input.ts";
import { CHANNEL_PARAMETER_DEFAULTS } from "../../sds/parameters/parameters.ts";
import { restore } from "../../sds/restore.ts";
import { step } from "../../sds/step.ts";
import { asChannelId } from "../../sds/wire/ids.ts";
import { createMemoryDisk } from "../../storage/memory/memory-disk.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import { createMemoryNetwork } from "../../transport/memory/memory-network.ts";
import type { ChannelClient, SendRequest } from "../api/channel-client.ts";
import type { ChannelHost } from "../api/channel-host.ts";
import { createBodyCache } from "../disk/body-cache.ts";
import { createChannelHost } from "../host/host.ts";
import { chats, chatsWhen, QUICK, until } from "../testing/contract-fixture.ts";
import { createAuthoring } from "./authoring.ts";

const open = new Set<ChannelHost>();

afterEach(async () => {
  for (const host of open) await host.close();
  open.clear();
});

const HELLO: SendRequest = { requestId: "hello", type: "chat", text: "hello" };
const refused = { code: "invalid", message: expect.stringContaining("new request id") };

/** Ada's device, which can be started again, and Ben, who hears her. */
async function device() {
  const net = createMemoryNetwork();
  const disk = createMemoryDisk();
  const start = (storage = createMemoryStorage(disk)): ChannelHost => {
    const host = createChannelHost({ storage, openTransport: () => net.transport() });
    open.add(host);
    return host;
  };
  const first = start();
  const { id, inviteCode } = await first.create(QUICK);
  const ben = start(createMemoryStorage());
  await ben.join({ invite: inviteCode, displayName: "Ben" });
  const ada = first.open(id);
  await until("Ben is there", async () => (await ada.snapshot()).participants.length === 2);
  const restart = async (): Promise<ChannelClient> => {
    for (const host of open) if (host !== ben) await host.close();
    return start().open(id);
  };
  return { id, disk, ada, ben: ben.open(id), restart };
}

describe("a request id after a restart", () => {
  it("stands for the same message, confirmed or not, and for no other", async () => {
    const { ada, ben, restart } = await device();
    const { id } = await ada.send({ ...HELLO, levelPercent: 50 });
    await until("it is confirmed", async () => (await ada.details(id)).delivery.state.kind === "everyone");
    const again = await restart();
    expect(await again.send({ ...HELLO, levelPercent: 50 })).toEqual({ id });
    for (const other of [
      { text: "hello!" },
      { type: "status" },
      { levelPercent: 51 },
      { levelPercent: undefined },
    ] as const) {
      await expect(again.send({ ...HELLO, levelPercent: 50, ...other })).rejects.toMatchObject(refused);
    }
    await again.send({ ...HELLO, requestId: "and more", text: "and more" });
    expect((await chatsWhen(ben, 2)).map(({ text }) => text)).toEqual(["hello", "and more"]);
    expect(await chats(again)).toHaveLength(2);
  });

  it("is refused when the text has gone, since nobody can tell whether it is the same", async () => {
    const { id: channel, disk, ada, restart } = await device();
    const { id } = await ada.send(HELLO);
    await createMemoryStorage(disk).commit(channel, [{ op: "delete", table: "body", key: id }], "strict");
    const again = await restart();
    await expect(again.send(HELLO)).rejects.toMatchObject(refused);
    await expect(again.send({ ...HELLO, text: "other" })).rejects.toMatchObject(refused);
  });

  it("is free when what it sent was deleted", async () => {
    const { ada, ben, restart } = await device();
    const { id } = await ada.send(HELLO);
    await chatsWhen(ben, 1);
    await ada.remove(id);
    const again = await restart();
    await again.send({ ...HELLO, text: "in other words" });
    expect((await chatsWhen(ben, 2)).map(({ text }) => text)).toEqual(["hello", "in other words"]);
  });
});

/** Ada's messages without the channel around them, so that each thing that they need can fail. */
async function writing() {
  const signer = signerOf(await generateDeviceKey());
  const channelId = asChannelId("BBBBBBBBBBBBBBBBBBBBBB");
  const self = senderIdOf(channelId, signer.publicKey);
  const identity = { channelId, self, publicKey: signer.publicKey, profile: "community" } as const;
  const environment = () => ({ now: 1_800_000_000_000, random: () => 0.5 });
  const nothing = { messages: [], outbox: [], participants: [], holes: [], meta: {} };
  const { state } = restore({ ...identity, parameters: CHANNEL_PARAMETER_DEFAULTS }, nothing, environment());
  const bodies = createBodyCache(createMemoryStorage(), channelId);
  const failing = { dispatch: 0, sign: 0 };
  const fail = (what: keyof typeof failing) => {
    if (failing[what]-- > 0) throw new Error(`${what} failed`);
  };
  const dispatch = async (input: StepInput) => {
    fail("dispatch");
    step(state, input, environment());
    if (input.kind === "composed") bodies.remember(input.content.id, input.content.bytes);
  };
  const sign = async (message: Uint8Array) => {
    fail("sign");
    return signer.sign(message);
  };
  const author = { channelId, self, signer: { publicKey: signer.publicKey, sign } };
  return { failing, state, authoring: createAuthoring({ state, author, bodies, environment, dispatch }) };
}

describe("a send that fails", () => {
  it.each(["dispatch", "sign"] as const)("leaves its request id free when %s fails", async (what) => {
    const { failing, state, authoring } = await writing();
    failing[what] = 1;
    await expect(authoring.send(HELLO)).rejects.toThrow(`${what} failed`);
    expect(state.outbox.items.size).toBe(0);
    const { id } = await authoring.send({ ...HELLO, text: "in other words" });
    expect([...state.outbox.items.keys()]).toEqual([id]);
    expect(await authoring.send({ ...HELLO, text: "in other words" })).toEqual({ id });
  });

  it("does not take along the one that waits behind it under the same id", async () => {
    const { failing, state, authoring } = await writing();
    failing.dispatch = 1;
    const [first, second] = await Promise.allSettled([authoring.send(HELLO), authoring.send(HELLO)]);
    expect([first.status, second.status, state.outbox.items.size]).toEqual(["rejected", "fulfilled", 1]);
  });
});
