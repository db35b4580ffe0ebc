import type { ChannelStorage } from "../../src/storage/port.ts";

/** What a device keeps its channels on, through all its lives. */
export interface DeviceDisk {
  /** For one life of the process. Those of earlier lives may still be open. */
  open(): Promise<ChannelStorage>;
  /** A power cut: of the relaxed commits since the last strict one only the first `keep` stay. */
  crash(keep: number): void;
}
