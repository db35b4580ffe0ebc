/**
 * localStorage of the extension's pages, shared by popup, side panel and tabs. What is kept there is a convenience, so
 * failing to read is "nothing there".
 */
export function readText(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

export function writeText(key: string, text: string): void {
  try {
    if (text === "") localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // Nothing is lost but the convenience.
  }
}
