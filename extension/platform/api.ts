/**
 * The browser's extension API. Firefox has it as `browser`, where everything returns promises; in manifest version 3
 * Chrome's `chrome` does so too. Absent outside of an extension, so look at it inside of functions only.
 */
export const extensionApi =
  (globalThis as unknown as { readonly browser?: typeof chrome }).browser ?? globalThis.chrome;
