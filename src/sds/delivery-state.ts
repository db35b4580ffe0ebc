/** The states of design "Delivery states", as shown to people. `n` is null when nobody was known to be there at send. */
export type DeliveryState =
  | { readonly kind: "queued" }
  | { readonly kind: "waiting" }
  | { readonly kind: "sending"; readonly attempt: number }
  | { readonly kind: "sent" }
  | { readonly kind: "stored" }
  | { readonly kind: "owner" }
  | { readonly kind: "received"; readonly k: number; readonly n: number | null }
  | { readonly kind: "level"; readonly percent: number; readonly k: number; readonly n: number }
  | { readonly kind: "everyone"; readonly n: number }
  | { readonly kind: "unconfirmed" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "stopped" };
