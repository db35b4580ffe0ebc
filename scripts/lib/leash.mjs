/**
 * Preloaded (`node --import`) into servers that another process starts: when that process ends, however it ends, the
 * pipe on stdin closes and the server is asked to stop as by SIGTERM.
 */
const GRACE_MS = 5_000;

function stop() {
  setTimeout(() => process.exit(1), GRACE_MS).unref();
  // Without a handler this ends the process by itself.
  process.kill(process.pid, "SIGTERM");
}

process.stdin.once("end", stop);
process.stdin.once("error", stop);
process.stdin.resume();
// Waiting for the end of stdin alone must not keep a finished program running.
process.stdin.unref?.();
