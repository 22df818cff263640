import type { DatasetHeader } from "@sluice/core";
import { ArraySpec, DatasetSpec, TableSpec } from "@sluice/proto";
import type { Command } from "commander";
import { describeHeader } from "../describe-header.ts";
import { action, ExitCode } from "../ending.ts";
import { loaders } from "../formats.ts";
import { openInput } from "../input.ts";

interface Flags {
  readonly channel?: string;
  readonly json: boolean;
}

/** `sluice info`: what a file holds. */
export function addInfo(program: Command): void {
  program
    .command("info")
    .description("what a file holds: arrays, axes, units, timing, provenance")
    .argument("<file>", "file to read")
    .option("--channel <name>", "channel of the recording")
    .option("--json", "one JSON object on standard output", false)
    .action(action(runInfo, (_file, flags) => flags.json));
}

async function runInfo(path: string, flags: Flags): Promise<ExitCode> {
  const options = flags.channel === undefined ? {} : { channel: flags.channel };
  const { loader, stream } = await openInput(path, loaders, options);
  const text = flags.json
    ? JSON.stringify(headerJson(loader.format.name, stream.header))
    : describeHeader(stream.header);
  console.log(flags.json ? text : `${path}: ${loader.format.name}\n${text}`);
  return ExitCode.done;
}

function headerJson(format: string, { dataset, arrays, tables }: DatasetHeader): object {
  return {
    type: "info",
    format,
    dataset: DatasetSpec.toJSON(dataset),
    arrays: arrays.map((array) => ArraySpec.toJSON(array)),
    tables: tables.map((table) => TableSpec.toJSON(table)),
  };
}
