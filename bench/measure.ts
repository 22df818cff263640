import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What one run of a program says of itself. */
export interface Run {
  readonly seconds: number;
  readonly bytes: number;
  readonly stored?: number;
  readonly rss: number;
}

/** A program that measures itself and prints a Run as its last line. */
export type Program = readonly [command: string, ...parameters: string[]];

/** One of our scripts as a program: bundled, as it is installed. */
export function ours(script: string, ...parameters: (string | number)[]): Program {
  const path = fileURLToPath(new URL(`dist/${script}.js`, import.meta.url));
  return [process.execPath, path, ...parameters.map(String)];
}

/** A script of the peers as a program. */
export function peer(python: string, script: string, ...parameters: (string | number)[]): Program {
  const path = fileURLToPath(new URL(`peers/${script}`, import.meta.url));
  return [python, path, ...parameters.map(String)];
}

/** Runs a program to its end and reads the last line it printed. */
export async function run(program: Program, environment: Record<string, string> = {}): Promise<Run> {
  const { output } = await start(program, environment).ended;
  return JSON.parse(output.trimEnd().split("\n").at(-1) ?? "") as Run;
}

/** Starts a program that stays; `ready` when it has printed its first line. */
export function start([command, ...parameters]: Program, environment: Record<string, string> = {}) {
  const child = spawn(command, parameters, {
    env: { ...process.env, UV_THREADPOOL_SIZE: "4", ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  const ready = new Promise<void>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.includes("\n")) resolve();
    });
  });
  const ended = new Promise<{ output: string }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0 || code === null) resolve({ output });
      else reject(new Error(`${parameters.join(" ")} ended with ${code}`));
    });
  });
  return { child, ready, ended };
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Runs two programs in turn, A B A B, after one uncounted run of each unless these are too long for it. */
export async function pair(
  a: () => Promise<Run>,
  b: () => Promise<Run>,
  rounds: number,
  { warmUp = true }: { readonly warmUp?: boolean } = {},
): Promise<{ a: Run[]; b: Run[]; ratio: number }> {
  if (warmUp) {
    await a();
    await b();
  }
  const runs: { a: Run[]; b: Run[] } = { a: [], b: [] };
  for (let round = 0; round < rounds; round++) {
    runs.a.push(await a());
    runs.b.push(await b());
  }
  const ratio = median(runs.a.map((item, index) => rateOf(item) / rateOf(runs.b[index]!)));
  return { ...runs, ratio };
}

/** Megabytes of payload a second. */
export function rateOf({ bytes, seconds }: Run): number {
  return bytes / seconds / 1e6;
}
