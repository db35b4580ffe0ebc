import { useEffect } from "preact/hooks";
import { useStrings } from "../strings/strings-context.ts";

/** While a channel is shown the document is called after it, with the number of its unread messages first. */
export function useChannelTitle(name: string, unread: number): void {
  const { appName } = useStrings();
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${name} · ${appName}`;
    return () => {
      document.title = appName;
    };
  }, [name, unread, appName]);
}
