/** Serves a folder of built files on `host` (127.0.0.1), on the first free one of `ports` (default: any free port). */
export declare function serveFolder(
  folder: string,
  options?: { readonly host?: string; readonly ports?: readonly number[] },
): Promise<{ readonly url: string; readonly port: number; readonly close: () => Promise<void> }>;
