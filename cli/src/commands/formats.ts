import { formatsJson } from "@sluice/core";
import type { FormatDescriptor } from "@sluice/proto";
import type { Command } from "commander";
import { action, ExitCode } from "../ending.ts";
import { engineAt } from "../engine.ts";
import { loaders } from "../formats.ts";
import { describeOptions } from "../print-options.ts";

interface Flags {
  readonly gateway?: string;
  readonly json: boolean;
}

/** `sluice formats`: what can be written and read, with every option. */
export function addFormats(program: Command): void {
  program
    .command("formats")
    .description("formats that can be written and read, with their options")
    .option("--gateway <host:port>", "ask this gateway or format service")
    .option("--json", "one JSON object on standard output", false)
    .action(action(runFormats, (flags) => flags.json));
}

async function runFormats(flags: Flags): Promise<ExitCode> {
  const engine = await engineAt(flags.gateway);
  try {
    const response = await engine.formats();
    const readable = loaders.map((loader) => loader.format);
    if (flags.json) console.log(JSON.stringify({ type: "formats", ...formatsJson(response), loaders: readable }));
    else {
      console.log("Writes:");
      for (const format of response.formats) console.log(describeFormat(format));
      for (const problem of response.problems) console.log(`  ! ${problem.message}`);
      console.log("\nReads:");
      for (const { name, summary, extensions, optionSchema } of readable) {
        console.log(`  ${name} (${endings(extensions)}): ${summary}`);
        console.log(describeOptions((option) => `--set input.${option}`, optionSchema));
      }
    }
    return response.problems.length === 0 ? ExitCode.done : ExitCode.failed;
  } finally {
    engine.close();
  }
}

function describeFormat(format: FormatDescriptor): string {
  return [
    `  ${format.name} (${endings(format.extensions)}): ${format.summary}`,
    ...(format.dataTypes.length > 0 ? [`    data types: ${format.dataTypes.join(", ")}`] : []),
    describeOptions((name) => `--set ${format.name}.${name}`, format.optionSchema ?? {}),
  ].join("\n");
}

/** File name endings; a format without is a folder. */
function endings(extensions: readonly string[]): string {
  return extensions.length === 0 ? "a folder" : extensions.join(", ");
}
