import { type Process, startTypeScript } from "./processes.ts";

/** What came of an export of `programs/export-session.ts`. */
export interface SessionOutcome {
  /** Reason of the failure; empty when there was none. */
  readonly error: string;
  readonly bytes: number;
  /** Hexadecimal; empty where the digest is not known. */
  readonly sha256: string;
  readonly seconds: number;
  /** Highest resident memory of the process. */
  readonly peakBytes: number;
}

/**
 * Exports a synthetic recording of so many MiB to `session.nwb`, with clock and UUIDs that are the same each time.
 *
 * @param place a folder, or s3://bucket/prefix
 */
export function startSession(
  place: string,
  mebibytes: number,
  environment: Readonly<Record<string, string>> = {},
): { process: Process; outcome: Promise<SessionOutcome> } {
  const child = startTypeScript("tests/harness/programs/export-session.ts", [place, String(mebibytes)], environment);
  const outcome = child.ended.then(({ code, stdout, stderr }) => {
    if (code === 0) return JSON.parse(stdout) as SessionOutcome;
    throw new Error(`The export ended with ${code}:\n${stdout}\n${stderr}`);
  });
  return { process: child, outcome };
}
