import type { Libp2p } from "@libp2p/interface";
import type { Transport } from "../../../src/transport/port.ts";
import { createWakuTransport, type WakuTransportOptions } from "../../../src/transport/waku/waku-transport.ts";
import { type ServiceNode, type ServiceNodeOptions, startServiceNode } from "../../service-node/service-node.ts";
import type { RequestHandler } from "../../service-node/services/serve-requests.ts";
import { type Participant, participant } from "../../service-node/testing/participants.ts";
import { startScriptedServiceNode } from "../../service-node/testing/scripted-service-node.ts";

const NETWORK = { clusterId: 42, shards: 8 };
const LOOK_EVERY_MS = 20;
/** On a machine that does other things as well. */
const PATIENCE_MS = 60_000;

/** What a scenario is made of: all of it real, in this process, and ended with `end`. */
export interface Bench {
  /** A node whose services do as the handlers say (by codec); else it says what an honest one does, takes nothing and keeps nothing. */
  hostile(handlers: Readonly<Record<string, RequestHandler>>, announced?: readonly string[]): Promise<Libp2p>;
  honest(options?: Partial<ServiceNodeOptions>): Promise<ServiceNode>;
  connect(multiaddrs: readonly string[], options?: Partial<WakuTransportOptions>): Transport;
  /** Creates a channel, or joins one, with these service nodes. */
  participant(name: string, multiaddrs: readonly string[], inviteCode?: string): Promise<Participant>;
  /** Whether it came about. */
  comesAbout(condition: () => boolean | Promise<boolean>, withinMs?: number): Promise<boolean>;
  /** Something else that has to end. */
  atEnd(end: () => unknown): void;
  end(): Promise<void>;
}

export function createBench(): Bench {
  const ends: (() => unknown)[] = [];
  return {
    hostile: async (handlers, announced = []) => {
      const libp2p = await startScriptedServiceNode({ ...handlers }, announced);
      ends.push(() => libp2p.stop());
      return libp2p;
    },
    honest: async (options = {}) => {
      const { generateKeyPair } = await import("@libp2p/crypto/keys");
      const privateKey = options.privateKey ?? (await generateKeyPair("secp256k1"));
      const node = await startServiceNode({ port: 0, ...NETWORK, privateKey, ...options });
      ends.push(() => node.stop());
      return node;
    },
    connect: (multiaddrs, options = {}) => {
      const transport = createWakuTransport({ network: { ...NETWORK, multiaddrs }, ...options });
      ends.push(() => transport.close());
      return transport;
    },
    participant: async (name, multiaddrs, inviteCode) => {
      const member = await participant(name, multiaddrs, inviteCode);
      ends.push(() => member.close());
      return member;
    },
    comesAbout: async (condition, withinMs = PATIENCE_MS) => {
      const deadline = Date.now() + withinMs;
      while (!(await condition())) {
        if (Date.now() > deadline) return false;
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
      return true;
    },
    atEnd: (end) => void ends.push(end),
    end: async () => {
      for (const end of ends.splice(0).reverse()) await end();
    },
  };
}

export function addressesOf(libp2p: Libp2p): string[] {
  return libp2p.getMultiaddrs().map(String);
}
