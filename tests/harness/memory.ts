import { readFileSync } from "node:fs";
import type { Obstacle } from "./availability.ts";

/** Highest resident memory of a running process so far, in bytes (VmHWM of /proc). */
export function peakMemoryBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kibibytes === undefined) throw new Error(`/proc/${pid}/status has no VmHWM`);
  return Number(kibibytes) * 1024;
}

/** Obstacle unless memory of processes can be read. */
export function procMissing(): Obstacle {
  return process.platform === "linux" ? undefined : "resident memory is read from /proc, which is Linux's";
}
