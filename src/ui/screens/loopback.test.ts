import { describe, expect, it } from "vitest";
import { isLoopback } from "./loopback.ts";

describe("isLoopback", () => {
  it("knows this machine by its names", () => {
    for (const host of ["localhost", "demo.localhost", "127.0.0.1", "127.1.2.3", "[::1]"]) {
      expect(isLoopback(host)).toBe(true);
    }
    for (const host of ["192.168.1.20", "example.org", "127.0.0.1.example.org", "localhost.example.org", "[::2]"]) {
      expect(isLoopback(host)).toBe(false);
    }
  });
});
