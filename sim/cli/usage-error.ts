/** Something in the command line cannot be meant so. Ends the program with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "usage";
}
