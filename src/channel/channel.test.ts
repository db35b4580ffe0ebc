import { describe, expect, it } from "vitest";
import { createVirtualClock } from "../runtime/virtual-clock.ts";
import type { LiveFrame } from "../transport/port.ts";
import { openChannel } from "./channel.ts";
import { createIntake } from "./receiving/intake.ts";
import {
  channelOptions,
  createHeldDisk,
  createRecordingTransport,
  openOrderBench,
  START,
  settle,
} from "./testing/order-fixture.ts";

/** The parts of a channel that is not open yet, on a disk that all channels share. */
function closedChannel() {
  const clock = createVirtualClock(START);
  const disk = createHeldDisk(() => {});
  const transport = createRecordingTransport(() => {});
  const offered = new Set<object>();
  const space = {
    offer: (texts: object) => {
      offered.add(texts);
      return () => void offered.delete(texts);
    },
    write: (action: () => Promise<void>) => action(),
  };
  const open = () => openChannel({ ...channelOptions(disk, transport, clock), space });
  return { clock, disk, transport, offered, open };
}

describe("a channel that opens", () => {
  it("listens and says nothing before what the boot found is on disk", async () => {
    const { disk, transport, open } = closedChannel();
    disk.hold();
    const opening = open();
    await settle();
    expect(disk.begun.map(({ durability }) => durability)).toEqual(["strict"]);
    expect([...transport.listening]).toEqual([]);
    disk.release();
    const channel = await opening;
    expect([...transport.listening]).toEqual(["topic", "health"]);
    await channel.close();
  });

  it("leaves nothing behind when that cannot be written", async () => {
    const { clock, disk, transport, offered, open } = closedChannel();
    disk.refuse();
    await expect(open()).rejects.toThrow("The disk is broken.");
    expect([offered.size, [...transport.listening], clock.pending]).toEqual([0, [], 0]);
  });
});

describe("a channel", () => {
  it("tells the protocol with each step how far its intake is behind", async () => {
    const { clock, disk, transport } = closedChannel();
    let lagMs = 700;
    const channel = await openChannel(channelOptions(disk, transport, clock), {
      createIntake: (options) => ({ ...createIntake(options), lagMs: () => lagMs }),
    });
    await channel.dispatch({ kind: "wake" });
    expect(channel.state.clock.intakeLagMs).toBe(700);
    lagMs = 0;
    await channel.dispatch({ kind: "wake" });
    expect(channel.state.clock.intakeLagMs).toBe(0);
    await channel.close();
  });

  it("that closes listens to nothing more, keeps its texts from who needs room, and leaves no timer", async () => {
    const { clock, transport, offered, open } = closedChannel();
    const channel = await open();
    expect(offered.size).toBe(1);
    await settle();
    expect(clock.pending).toBeGreaterThan(0);
    await channel.close();
    expect([offered.size, [...transport.listening], clock.pending]).toEqual([0, [], 0]);
  });

  it("that stops keeps its texts from who needs room, and leaves no timer", async () => {
    const { clock, disk, offered, open } = closedChannel();
    const channel = await open();
    await settle();
    disk.refuse();
    await expect(channel.send({ requestId: "one", type: "chat", text: "one" })).rejects.toThrow("The disk is broken.");
    await settle();
    expect([offered.size, clock.pending]).toEqual([0, 0]);
    await channel.close();
  });

  it("that stopped takes in nothing more of what is pushed", async () => {
    const { clock, disk, transport } = closedChannel();
    let push: (frame: LiveFrame) => void = () => {};
    const subscribe: typeof transport.subscribe = (_topic, listener) => {
      push = listener;
      return () => {};
    };
    const channel = await openChannel(channelOptions(disk, { ...transport, subscribe }, clock));
    const noise: LiveFrame = {
      ...{ contentTopic: "topic", payload: new Uint8Array(64), version: 1, ephemeral: false },
      ...{ timestamp: START, hash: new Uint8Array(32), arrivedAt: START },
    };
    push(noise);
    await expect.poll(() => channel.refusals.get("undecryptable")).toBe(1);
    disk.refuse();
    await expect(channel.send({ requestId: "one", type: "chat", text: "one" })).rejects.toThrow("The disk is broken.");
    push(noise);
    await settle();
    expect(channel.refusals.get("undecryptable")).toBe(1);
    await channel.close();
  });

  it("has the text of a message before it is written, and of one that was deleted no more", async () => {
    const { channel, disk } = await openOrderBench({});
    await settle();
    disk.hold();
    const sent = channel.send({ requestId: "one", type: "chat", text: "one" });
    await expect.poll(() => channel.state.log.lastOwn).not.toBeNull();
    const id = channel.state.log.lastOwn?.id;
    if (id === undefined) throw new Error("Nothing was said.");
    expect(await channel.bodies.texts([id])).toEqual(new Map([[id, "one"]]));
    disk.release();
    await sent;
    await channel.remove(id);
    expect(await channel.bodies.texts([id])).toEqual(new Map());
    await channel.close();
  });

  it("tells who wants to know when the place up to which was read has moved, once it is written", async () => {
    const { channel, disk, clock } = await openOrderBench({});
    let told = 0;
    channel.onRead(() => told++);
    disk.hold();
    const read = channel.dispatch({ kind: "marked-read", lamport: clock.now() });
    await settle();
    expect(told).toBe(0);
    disk.release();
    await read;
    expect(told).toBe(1);
    await channel.dispatch({ kind: "wake" });
    expect(told).toBe(1);
    await channel.close();
  });
});
