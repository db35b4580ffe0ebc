import type { Clock } from "../../runtime/port.ts";
import { systemClock } from "../../runtime/system-clock.ts";
import { createFrameStore } from "./frame-store.ts";
import { createMemoryMember, type MemoryHub, type MemoryMember, type MemoryTransport } from "./memory-transport.ts";

/** How the network inside one process behaves. */
export interface MemoryNetworkOptions {
  /** Milliseconds from publish to delivery. Default 0; delivery is asynchronous all the same. */
  readonly latencyMs?: number;
  /** False: nothing is stored and every history query rejects with `no-store`. Default true. */
  readonly store?: boolean;
  /** Delivers after the latency, and tells when frames arrive; a simulation passes its own. Default: the host's. */
  readonly clock?: Clock;
}

/** A network inside one process: every transport of it sees what any other publishes. */
export interface MemoryNetwork {
  /** `now` is the clock of the device that it is for. Default: the network's. */
  transport(now?: () => number): MemoryTransport;
  /** Takes the whole network down or up; history survives. */
  setOnline(online: boolean): void;
}

/** A network that loses nothing, with a Store unless told otherwise; take parts of it down with `setOnline`. */
export function createMemoryNetwork(options: MemoryNetworkOptions = {}): MemoryNetwork {
  const { latencyMs = 0, clock = systemClock } = options;
  const members = new Set<MemoryMember>();
  const store = options.store === false ? undefined : createFrameStore();
  let online = true;

  const hub: MemoryHub = {
    isOnline: () => online,
    store,
    schedule: (ms, callback) => clock.schedule(ms, callback),
    send: (frame, onTaken) =>
      clock.schedule(latencyMs, () => {
        onTaken();
        if (!frame.ephemeral) store?.keep(frame);
        for (const member of members) member.receive(frame);
      }),
    leave: (member) => void members.delete(member),
  };

  return {
    transport: (now = () => clock.now()) => {
      const member = createMemoryMember(hub, now);
      members.add(member);
      return member.transport;
    },
    setOnline: (next) => {
      online = next;
      for (const member of members) member.update();
    },
  };
}
