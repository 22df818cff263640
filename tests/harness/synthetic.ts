import { type Process, startTypeScript } from "./processes.ts";
import { addressOf, type Service } from "./service.ts";

/** A movie that `programs/send-synthetic.ts` makes up and streams; its artifacts come back on the call unless they are uploaded. */
export interface SyntheticWish {
  readonly address: string;
  readonly format: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly frames: number;
  /** Bytes of a frame, which is one chunk; a multiple of 512. */
  readonly frameBytes: number;
  /** Has the artifacts uploaded there instead. */
  readonly url?: string;
}

export interface SyntheticOutcome {
  /** ExportState; 0 without a summary. */
  readonly state: number;
  /** Why the call, or else its branch, failed; empty when neither did. */
  readonly reason: string;
  readonly artifactBytes: number;
  /** Highest resident memory of the sender. */
  readonly peakBytes: number;
}

/** Starts the sender in a process of its own. */
export function startSynthetic(wish: SyntheticWish): { process: Process; outcome: Promise<SyntheticOutcome> } {
  const child = startTypeScript("tests/harness/programs/send-synthetic.ts", [JSON.stringify(wish)], {});
  const outcome = child.ended.then(({ code, stdout, stderr }) => {
    if (code === 0) return JSON.parse(stdout) as SyntheticOutcome;
    throw new Error(`The sender ended with ${code}:\n${stdout}\n${stderr}`);
  });
  return { process: child, outcome };
}

/** Starts a service whose one format, "slow", keeps nothing; its options say how long it waits for every frame. */
export async function startSlowService(): Promise<Service> {
  const child = startTypeScript("tests/harness/programs/slow-service.ts", [], { SLUICE_PORT: "0" });
  return { address: await addressOf(child), process: child };
}
