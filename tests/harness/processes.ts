import { type ChildProcessByStdio, spawn } from "node:child_process";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterAll } from "@jest/globals";
import { eventually, patienceMs } from "./eventually.ts";
import { projectRoot } from "./paths.ts";

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a process that ended has said. */
export interface Outcome extends Ending {
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  readonly cwd?: string | undefined;
  /** Added to this process's environment, from which SLUICE_* and OTEL_* are taken away; undefined unsets. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Milliseconds that `run` gives the command; default: two minutes. */
  readonly patienceMs?: number | undefined;
}

const running = new Set<Process>();

/** A child process whose output is kept. It is killed when the test file is over. */
export class Process {
  readonly ended: Promise<Outcome>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #command: string;
  #stdout = "";
  #stderr = "";
  #over = false;

  constructor(command: string, parameters: readonly string[], { cwd, environment }: StartOptions = {}) {
    this.#command = [command, ...parameters].join(" ");
    this.#child = spawn(command, parameters, {
      cwd,
      env: { ...cleanEnvironment(), ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => (this.#stdout += text));
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#stderr += text));
    running.add(this);
    this.ended = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("close", (code, signal) => {
        this.#over = true;
        running.delete(this);
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
    this.ended.catch(() => running.delete(this));
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get over(): boolean {
    return this.#over;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  kill(signal: NodeJS.Signals = "SIGKILL"): void {
    if (!this.#over) this.#child.kill(signal);
  }

  /** Kills and waits for the end. */
  async stop(signal: NodeJS.Signals = "SIGKILL"): Promise<Outcome> {
    this.kill(signal);
    return await this.ended;
  }

  /** Waits until the output matches; fails when the process ends before it does. */
  async says(pattern: RegExp): Promise<RegExpMatchArray> {
    return await eventually(`${this.#command} says ${pattern}`, () => {
      const match = pattern.exec(this.#stdout) ?? pattern.exec(this.#stderr);
      if (match) return match;
      if (this.#over) throw new Error(`${this.#command} ended:\n${this.#stdout}\n${this.#stderr}`);
      return undefined;
    });
  }
}

/** Starts a TypeScript file of the project, given relative to its root. */
export function startTypeScript(
  file: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Process {
  const typescript = ["--import", join(projectRoot, "tools/typescript.mjs")];
  return new Process(process.execPath, [...typescript, join(projectRoot, file), ...parameters], { environment });
}

/** Runs a command to its end; kills it, and fails, when it takes too long. */
export async function run(command: string, parameters: readonly string[], options?: StartOptions): Promise<Outcome> {
  const child = new Process(command, parameters, options);
  const timer = setTimeout(() => child.kill(), options?.patienceMs ?? 2 * patienceMs);
  try {
    return await child.ended;
  } finally {
    clearTimeout(timer);
  }
}

/** Like {@link run}; fails unless the command ends with code 0, and gives its standard output. */
export async function output(command: string, parameters: readonly string[], options?: StartOptions): Promise<string> {
  const { code, signal, stdout, stderr } = await run(command, parameters, options);
  if (code === 0) return stdout;
  throw new Error(`${command} ${parameters.join(" ")} ended with ${code ?? signal}:\n${stdout}\n${stderr}`);
}

function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(SLUICE|OTEL)_|^NODE_OPTIONS$/.test(name));
  return Object.fromEntries(kept);
}

afterAll(async () => {
  await Promise.all([...running].map((child) => child.stop()));
});
