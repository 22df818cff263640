import { MemoryClass, StepDescriptor } from "@sluice/proto";
import type { Command } from "commander";
import { action, ExitCode } from "../ending.ts";
import { analysis } from "../formats.ts";
import { describeOptions } from "../print-options.ts";

interface Flags {
  readonly gateway?: string;
  readonly json: boolean;
}

/** `sluice steps`: what can be done to data on their way. */
export function addSteps(program: Command): void {
  program
    .command("steps")
    .description("processing steps for --step, with their parameters")
    .option("--gateway <host:port>", "ask this gateway or analysis service")
    .option("--json", "one JSON object on standard output", false)
    .action(action(runSteps, (flags) => flags.json));
}

async function runSteps(flags: Flags): Promise<ExitCode> {
  const steps = flags.gateway === undefined ? await analysis.steps() : await stepsAt(flags.gateway);
  if (flags.json)
    console.log(JSON.stringify({ type: "steps", steps: steps.map((step) => StepDescriptor.toJSON(step)) }));
  else for (const step of steps) console.log(describeStep(step));
  return ExitCode.done;
}

async function stepsAt(gateway: string): Promise<StepDescriptor[]> {
  const { connectAnalysis } = await import("../gateway.ts");
  const client = connectAnalysis(gateway);
  try {
    return (await client.listSteps()).steps;
  } finally {
    client.close();
  }
}

const holds: Readonly<Partial<Record<MemoryClass, string>>> = {
  [MemoryClass.MEMORY_CLASS_PER_FRAME]: "one frame",
  [MemoryClass.MEMORY_CLASS_WINDOWED]: "a window of frames",
  [MemoryClass.MEMORY_CLASS_TWO_PASS]: "frames on disk, reads them twice",
  [MemoryClass.MEMORY_CLASS_SPIKES]: "all spike times",
};

function describeStep({ name, summary, memory, parameterSchema }: StepDescriptor): string {
  return [
    `${name}: ${summary} Holds ${holds[memory] ?? "what it needs"}.`,
    describeOptions((parameter) => `--step ${name}:${parameter}`, parameterSchema ?? {}),
  ]
    .filter((text) => text !== "")
    .join("\n");
}
