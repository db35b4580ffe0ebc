/**
 * localStorage and sessionStorage throw where site data is blocked. What is kept there is a convenience (which tab is
 * whom, drafts); without it the demo still works, so failing to read is "nothing there".
 */
export type Area = () => Storage;

export const acrossTabs: Area = () => localStorage;
export const ofThisTab: Area = () => sessionStorage;

export function readJson(area: Area, key: string): unknown {
  try {
    return JSON.parse(area().getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/** False when the browser refused. */
export function writeJson(area: Area, key: string, value: unknown): boolean {
  try {
    if (value === null) area().removeItem(key);
    else area().setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
