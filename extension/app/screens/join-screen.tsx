import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Field } from "../../../src/ui/screens/field.tsx";
import { JoinForm } from "../../../src/ui/screens/join-form.tsx";
import { usePreview } from "../../../src/ui/screens/use-preview.ts";
import { errorWords } from "../../../src/ui/strings/error-words.ts";
import { useStrings } from "../../../src/ui/strings/strings-context.ts";
import type { Shell } from "../shell.ts";
import { FormPage } from "./form-page.tsx";

/** A link or code, what it leads to, and the name to join under. */
export function JoinScreen({ shell }: { readonly shell: Shell }): JSX.Element {
  const strings = useStrings();
  const [invite, setInvite] = useState("");
  const state = usePreview(shell.host, invite);
  return (
    <FormPage shell={shell} title={strings.start.joinTitle}>
      <section class="card">
        <Field
          label={strings.start.inviteField}
          value={invite}
          onInput={setInvite}
          hint={strings.start.inviteHint}
          problem={state.kind === "bad" ? errorWords(state.error, strings) : ""}
          mono
          autoFocus
        />
        {state.kind === "good" ? (
          <JoinForm key={state.invite} entrance={shell} invite={state.invite} preview={state.preview} />
        ) : null}
      </section>
    </FormPage>
  );
}
