import { useEffect, useState } from "preact/hooks";
import type { ChannelHost, InvitePreview } from "../../channel/api/channel-host.ts";

/** While somebody types, the last keystroke is worth reading, not each. */
const SETTLE_MS = 150;

export type PreviewState =
  | { readonly kind: "none" }
  | { readonly kind: "reading" }
  | { readonly kind: "good"; readonly invite: string; readonly preview: InvitePreview }
  | { readonly kind: "bad"; readonly error: unknown };

/** What an invite leads to; follows the text as it is typed or pasted. */
export function usePreview(host: ChannelHost, invite: string): PreviewState {
  const [state, setState] = useState<PreviewState>({ kind: "none" });
  useEffect(() => {
    if (invite.trim() === "") {
      setState({ kind: "none" });
      return;
    }
    let current = true;
    setState({ kind: "reading" });
    const timer = setTimeout(() => {
      host.preview(invite).then(
        (preview) => {
          if (current) setState({ kind: "good", invite, preview });
        },
        (error: unknown) => {
          if (current) setState({ kind: "bad", error });
        },
      );
    }, SETTLE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [host, invite]);
  return state;
}
