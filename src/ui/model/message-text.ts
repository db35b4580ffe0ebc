import type { MessageView } from "../../channel/api/channel-client.ts";
import type { Strings } from "../strings/strings.ts";

/** What a message says, or that its text had to go. */
export function textOrNote(
  { text, textKept }: Pick<MessageView, "text" | "textKept">,
  { list }: { readonly list: Pick<Strings["list"], "textGone"> },
): string {
  return textKept ? text : list.textGone;
}
