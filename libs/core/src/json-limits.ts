import type { DatasetSpec, Problem } from "@sluice/proto";
import { problem } from "./problem.ts";

/** Times that texts of a file cannot hold (ISO 8601 with a year of four digits): told now, not when all has come. */
export function timeProblems({ provenance, sessionStartTime }: DatasetSpec): Problem[] {
  const times = [
    ["dataset.session_start_time", sessionStartTime] as const,
    ["dataset.provenance.acquired_time", provenance?.acquiredTime] as const,
    ...(provenance?.steps ?? []).map(({ time }, index) => [`dataset.provenance.steps[${index}].time`, time] as const),
  ];
  return times
    .filter(([, time]) => time !== undefined && !(time.getTime() >= firstTime && time.getTime() < endOfTime))
    .map(([field, time]) =>
      problem({
        reason: "TIME_INVALID",
        message: "The time cannot be written as a date.",
        field,
        got: String(time),
        allowed: ["years 1 to 9999"],
        remedy: "Correct the time, or leave it out.",
      }),
    );
}

const firstTime = Date.parse("0001-01-01T00:00:00Z");
const endOfTime = Date.parse("9999-12-31T23:59:59.999Z");

/** How many numbers of a value JSON cannot hold: NaN and the infinities, which it writes as null. */
export function countNonFinite(value: unknown): number {
  if (typeof value === "number") return Number.isFinite(value) ? 0 : 1;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce((sum: number, item) => sum + countNonFinite(item), 0);
}
