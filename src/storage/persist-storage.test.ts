import { expect, it } from "vitest";
import { type Persistence, persistStorage } from "./persist-storage.ts";

const yes = async (): Promise<boolean> => true;
const no = async (): Promise<boolean> => false;
const denied = async (): Promise<boolean> => {
  throw new TypeError("opaque origin");
};

const cases: readonly [string, Partial<StorageManager> | undefined, Persistence][] = [
  ["no storage manager", undefined, "unavailable"],
  ["a manager that cannot be asked, as in workers", { persisted: no }, "unavailable"],
  ["an origin without storage", { persisted: denied, persist: yes }, "unavailable"],
  ["already persistent", { persisted: yes, persist: no }, "granted"],
  ["granted now", { persisted: no, persist: yes }, "granted"],
  ["refused", { persisted: no, persist: no }, "refused"],
];

it.each(cases)("%s", async (_what, manager, answer) => {
  expect(await persistStorage(manager)).toBe(answer);
});
