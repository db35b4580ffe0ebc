import type { JSX } from "preact";
import { Logo } from "../../src/ui/delivery/logo.tsx";
import { JoinForm } from "../../src/ui/screens/join-form.tsx";
import { usePreview } from "../../src/ui/screens/use-preview.ts";
import { errorWords } from "../../src/ui/strings/error-words.ts";
import { useStrings } from "../../src/ui/strings/strings-context.ts";
import { knownParticipants } from "../participants-of-browser.ts";
import type { Tab } from "../tab.ts";

export interface JoinScreenProps {
  readonly tab: Tab;
  readonly invite: string;
  /** The participant of the tab that this one was duplicated from. */
  readonly duplicateOf: string | null;
}

/** Where an invite link leads: look first, then join. */
export function JoinScreen({ tab, invite, duplicateOf }: JoinScreenProps): JSX.Element {
  const strings = useStrings();
  const state = usePreview(tab.host, invite);
  const original = knownParticipants().find(({ id }) => id === duplicateOf);
  const cancel = (): void => void tab.showStart();
  return (
    <main class="page">
      <header class="brand">
        <Logo size={32} />
        <span class="brand-name">{strings.appName}</span>
      </header>
      <section class="card">
        <h1>{state.kind === "good" ? strings.join.title(state.preview.name) : strings.start.joinTitle}</h1>
        {original === undefined ? null : <p class="note">{strings.join.duplicate(original.name)}</p>}
        {state.kind === "none" || state.kind === "reading" ? <p class="hint">{strings.join.checking}</p> : null}
        {state.kind === "bad" ? (
          <>
            <p class="note note-bad" role="alert">
              {errorWords(state.error, strings)}
            </p>
            <div class="actions">
              <button type="button" class="secondary" onClick={cancel}>
                {strings.join.cancel}
              </button>
            </div>
          </>
        ) : null}
        {state.kind === "good" ? (
          <JoinForm entrance={tab} invite={state.invite} preview={state.preview} onCancel={cancel} />
        ) : null}
      </section>
    </main>
  );
}
