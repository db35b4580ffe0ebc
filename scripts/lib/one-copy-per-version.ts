import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const MODULES = "/node_modules/";

/** Folders of packages by `name@version`, as npm has installed them. */
function installedCopies(root: string): Map<string, string[]> {
  const lock = JSON.parse(readFileSync(join(root, "node_modules", ".package-lock.json"), "utf8")) as {
    packages: Record<string, { version?: string }>;
  };
  const copies = new Map<string, string[]>();
  for (const [path, { version }] of Object.entries(lock.packages)) {
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const key = `${name}@${version ?? ""}`;
    copies.set(key, [...(copies.get(key) ?? []), path]);
  }
  return copies;
}

/** For each folder of a package that is installed more than once in the same version, the folder to use instead. */
export function canonicalFolders(root: string): Map<string, string> {
  const canonical = new Map<string, string>();
  for (const folders of installedCopies(root).values()) {
    const [first, ...others] = folders.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
    for (const other of others) if (first !== undefined) canonical.set(other, first);
  }
  return canonical;
}

/**
 * npm puts a package beside each of its users when the top folder holds another version of it, so the bundle would carry
 * the same code up to four times. This takes one folder for all copies of one version; what that copy needs in turn is
 * resolved from there, within its own ranges, so nothing runs on a version it did not ask for.
 */
export function oneCopyPerVersion(root: string): Plugin {
  const canonical = canonicalFolders(root);
  const prefix = root.endsWith("/") ? root : `${root}/`;
  return {
    name: "one-copy-per-version",
    enforce: "pre",
    async resolveId(source, importer, options) {
      if (source.startsWith("\0") || importer === undefined) return null;
      const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
      if (resolved === null || resolved.external || !resolved.id.startsWith(prefix)) return resolved;
      const end = packageEnd(resolved.id);
      const folder = resolved.id.slice(prefix.length, end);
      const instead = canonical.get(folder);
      return instead === undefined ? resolved : { ...resolved, id: `${prefix}${instead}${resolved.id.slice(end)}` };
    },
  };
}

/** Where the innermost package's folder ends in a file's path. */
function packageEnd(id: string): number {
  const start = id.lastIndexOf(MODULES);
  if (start === -1) return 0;
  const nameStart = start + MODULES.length;
  const slash = id.indexOf("/", nameStart);
  if (slash === -1) return id.length;
  if (id[nameStart] !== "@") return slash;
  const second = id.indexOf("/", slash + 1);
  return second === -1 ? id.length : second;
}
