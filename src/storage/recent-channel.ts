import type { BodyRecord, StoredChannel } from "../sds/io/records.ts";
import type { DeviceRecord } from "./port.ts";

/** A channel as it was last written, its newest messages only: enough to show them before all of it is loaded. */
export interface RecentChannel {
  readonly device: DeviceRecord;
  /** `messages` and `outbox` of the newest messages; everything else whole. */
  readonly stored: StoredChannel;
  /** These are all messages there are. */
  readonly complete: boolean;
  /** Bodies of the newest few. */
  readonly bodies: readonly BodyRecord[];
}
