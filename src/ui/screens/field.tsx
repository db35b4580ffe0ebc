import type { JSX } from "preact";
import { useId } from "preact/hooks";

export interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: string;
  /** What is wrong with the value; empty when nothing is. */
  readonly problem?: string;
  readonly placeholder?: string;
  readonly mono?: boolean;
  readonly maxLength?: number;
  readonly autoFocus?: boolean;
}

/** A labelled text field with its hint and its problem. */
export function Field(props: FieldProps): JSX.Element {
  const id = useId();
  const { hint = "", problem = "" } = props;
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        type="text"
        class={props.mono ? "mono" : undefined}
        value={props.value}
        placeholder={props.placeholder}
        maxLength={props.maxLength}
        autocomplete="off"
        spellcheck={false}
        aria-invalid={problem !== ""}
        aria-describedby={`${id}-words`}
        // biome-ignore lint/a11y/noAutofocus: the field is what the screen is for
        autoFocus={props.autoFocus}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <p id={`${id}-words`} class={problem === "" ? "hint" : "hint hint-bad"} aria-live="polite">
        {problem === "" ? hint : problem}
      </p>
    </div>
  );
}
