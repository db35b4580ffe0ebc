import { assertEqual, assertTrue } from "../../storage/testing/assert.ts";
import type { ChannelClient, EphemeralView } from "../api/channel-client.ts";
import { MAX_TEXT_BYTES } from "../api/limits.ts";
import { type ContractCase, chats, clientCase, expectCode, until } from "./contract-fixture.ts";

/** Says it again and again until somebody hears it: what is said while a port is away is gone. */
async function sayUntilHeard(from: ChannelClient, text: string, heard: readonly EphemeralView[]): Promise<void> {
  await until(`${text} is heard`, async () => {
    await from.sendEphemeral({ type: "status", text });
    return heard.some((message) => message.text === text);
  });
}

/** What is said for those who are there just now. */
export const ephemeralCases: readonly ContractCase[] = [
  clientCase("what is said in passing reaches those who listen, at most once and in order", async ({ ada, ben }) => {
    const [here, there]: EphemeralView[][] = [[], []];
    if (here === undefined || there === undefined) throw new Error("no lists");
    ada.watchEphemeral((message) => here.push(message));
    ben.watchEphemeral((message) => there.push(message));
    await sayUntilHeard(ada, "first", there);
    for (let number = 0; number < 10; number++) await ada.sendEphemeral({ type: "chat", text: `${number}` });
    await sayUntilHeard(ada, "last", there);
    const { me } = await ada.snapshot();
    const chat = there.filter(({ type }) => type === "chat");
    const numbers = chat.map(({ text }) => Number(text));
    assertEqual(
      numbers,
      [...new Set(numbers)].sort((a, b) => a - b),
      "numbers heard",
    );
    assertTrue(
      there.every(({ author, signed }) => author === me && signed),
      "signed by ada",
    );
    assertEqual(here, [], "what ada heard of herself");
    for (const client of [ada, ben]) assertEqual(await chats(client), [], "chats in the log");
  }),

  clientCase("who stopped listening hears nothing, the others go on", async ({ ada, ben }) => {
    const [stopped, going]: EphemeralView[][] = [[], []];
    if (stopped === undefined || going === undefined) throw new Error("no lists");
    const stop = ben.watchEphemeral((message) => stopped.push(message));
    ben.watchEphemeral((message) => going.push(message));
    await sayUntilHeard(ada, "first", stopped);
    stop();
    const before = stopped.length;
    await sayUntilHeard(ada, "after", going);
    assertEqual(stopped.length, before, "what came after the end");
  }),

  clientCase("what cannot be said in passing is refused with the reason", async ({ ada, ben }) => {
    const heard: EphemeralView[] = [];
    ben.watchEphemeral((message) => heard.push(message));
    const long = "x".repeat(MAX_TEXT_BYTES + 1);
    await expectCode(ada.sendEphemeral({ type: "status", text: " " }), "empty", "only white space");
    await expectCode(ada.sendEphemeral({ type: "status", text: long }), "too-large", "one byte too long");
    await sayUntilHeard(ada, "short", heard);
    assertTrue(
      heard.every(({ text }) => text === "short"),
      "something came of it",
    );
  }),
];
