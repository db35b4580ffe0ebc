import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useStrings } from "../strings/strings-context.ts";

const SHOW_RESULT_MS = 2_000;

export interface CopyButtonProps {
  readonly label: string;
  readonly text: string;
  readonly class?: string;
  readonly disabled?: boolean;
}

/** Copies and says so in its own place; says what to do when the browser refuses. */
export function CopyButton(props: CopyButtonProps): JSX.Element {
  const { label, text, class: className = "secondary", disabled = false } = props;
  const strings = useStrings().invite;
  const [result, setResult] = useState<"none" | "copied" | "refused">("none");
  useEffect(() => {
    if (result !== "copied") return;
    const timer = setTimeout(() => setResult("none"), SHOW_RESULT_MS);
    return () => clearTimeout(timer);
  }, [result]);
  const copy = (): void => {
    copyText(text).then(
      () => setResult("copied"),
      () => setResult("refused"),
    );
  };
  return (
    <span class="copy">
      <button type="button" class={className} disabled={disabled} onClick={copy}>
        {label}
      </button>
      <span class="copy-result" role="status">
        {result === "copied" ? strings.copied : result === "refused" ? strings.copyFailed : ""}
      </span>
    </span>
  );
}

async function copyText(text: string): Promise<void> {
  // Absent where the page is not served over a secure origin.
  if (navigator.clipboard === undefined) throw new DOMException("No clipboard here", "NotAllowedError");
  await navigator.clipboard.writeText(text);
}
