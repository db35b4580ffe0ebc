/** What to do about a page and a worker that speak different versions of the bridge, for people. */
export function versionWords(versions: { readonly page: number; readonly worker: number }): string {
  return versions.page < versions.worker
    ? "This page is from an older version of Hearback. Reload it."
    : "This page is newer than the running part of Hearback. Close all its pages, or restart the browser.";
}
