/** Given to Node by --import: the optional package is then as absent as where it could not be built. */
import { register } from "node:module";

const hooks = `
export async function resolve(specifier, context, next) {
  if (specifier === "better-sqlite3") {
    throw new Error("Cannot find package 'better-sqlite3'");
  }
  return next(specifier, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
