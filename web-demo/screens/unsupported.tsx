import type { JSX } from "preact";
import { Logo } from "../../src/ui/delivery/logo.tsx";
import { useStrings } from "../../src/ui/strings/strings-context.ts";

/** Shown instead of everything when the browser lacks what the promises rest on. */
export function Unsupported({ missing }: { readonly missing: readonly string[] }): JSX.Element {
  const strings = useStrings();
  return (
    <main class="page">
      <header class="brand">
        <Logo size={48} />
        <h1>{strings.appName}</h1>
      </header>
      <p class="note note-bad" role="alert">
        {strings.start.unsupported(missing.join(", "))}
      </p>
    </main>
  );
}
