import type { JSX } from "preact";
import { CreateForm } from "../../../src/ui/screens/create-form.tsx";
import { useStrings } from "../../../src/ui/strings/strings-context.ts";
import type { Shell } from "../shell.ts";
import { FormPage } from "./form-page.tsx";

export function CreateScreen({ shell }: { readonly shell: Shell }): JSX.Element {
  return (
    <FormPage shell={shell} title={useStrings().start.createTitle}>
      <CreateForm entrance={shell} />
    </FormPage>
  );
}
