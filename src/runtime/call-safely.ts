/** Runs a listener whose error must keep nobody else from hearing; it is reported as uncaught, by itself. */
export function callSafely(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
