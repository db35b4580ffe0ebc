import type { DeliveryState } from "../../sds/outbox/delivery-state.ts";
import type { DeliveryStrings } from "../strings/strings.ts";

/** The headline of a message: what is known of its delivery, in the words of the given language. */
export function deliveryWords(state: DeliveryState, strings: DeliveryStrings): string {
  // The table is typed per kind; the compiler cannot see that the entry found by `kind` takes exactly this state.
  const words = strings[state.kind] as (state: DeliveryState) => string;
  return words(state);
}

/**
 * How a state is drawn and coloured. `open` ones still wait for somebody, `good` ones rest on a receipt, `attention`
 * ones want a look, `bad` ones need an action.
 */
export type DeliveryTone = "open" | "good" | "attention" | "bad";

export function deliveryTone(state: DeliveryState): DeliveryTone {
  switch (state.kind) {
    case "queued":
    case "sending":
    case "sent":
    case "stored":
    case "owner":
    case "stopped":
      return "open";
    case "received":
    case "level":
    case "everyone":
      return "good";
    case "waiting":
    case "unconfirmed":
    case "ahead":
      return "attention";
    case "failed":
      return "bad";
  }
}
