import { type DatasetHeader, describeProblem, SluiceError } from "@sluice/core";
import { isHdf5, type TreeLimits, type TreeObject, describeTree as treeOf, withHdf5 } from "@sluice/hdf5";
import { ArraySpec, DatasetSpec, Problem, TableSpec } from "@sluice/proto";
import { type Command, Option } from "commander";
import { describeHeader } from "../describe-header.ts";
import { describeTree } from "../describe-tree.ts";
import { action, ExitCode } from "../ending.ts";
import { loaders } from "../formats.ts";
import { type Input, isFolder, openInput } from "../input.ts";
import { parseSettings } from "../settings.ts";

interface Flags {
  readonly set: readonly string[];
  readonly channel?: string;
  readonly all: boolean;
  readonly json: boolean;
}

const noLimits: TreeLimits = { members: Number.POSITIVE_INFINITY, objects: Number.POSITIVE_INFINITY };

/** `sluice info`: what a file holds. */
export function addInfo(program: Command): void {
  program
    .command("info")
    .description("what a file holds: arrays, axes, units, timing, provenance")
    .argument("<file>", "file to read")
    .addOption(
      new Option("--set <setting>", "input.OPTION=VALUE for the loader; repeatable")
        .argParser((text: string, before: string[]) => [...before, text])
        .default([], "none"),
    )
    .option("--channel <name>", "channel of the recording")
    .option("--all", "every object of an HDF5 file, however many", false)
    .option("--json", "one JSON object on standard output", false)
    .action(action(runInfo, (_file, flags) => flags.json));
}

async function runInfo(path: string, flags: Flags): Promise<ExitCode> {
  const channel = flags.channel === undefined ? {} : { channel: flags.channel };
  const options = { ...parseSettings(flags.set, ["input"]).get("input"), ...channel };
  const input = await openInput(path, loaders, options).catch(sluiceError);
  const tree = await readTree(path, flags.all, input);
  if (flags.json) console.log(JSON.stringify({ type: "info", ...inputJson(input), ...(tree && { tree }) }));
  else
    console.log(
      [...describeInput(path, input), ...(tree ? ["contents of the file:", describeTree(tree)] : [])].join("\n"),
    );
  return ExitCode.done;
}

/** The objects of an HDF5 file, of any layout; for other files that no loader reads, the loader's error stands. */
async function readTree(path: string, all: boolean, input: Input | SluiceError): Promise<TreeObject | undefined> {
  const missing = input instanceof SluiceError && input.problem.reason.startsWith("SOURCE_");
  if (!missing && !(await isFolder(path)) && (await isHdf5(path)))
    return await withHdf5(path, (file) => treeOf(file, all ? noLimits : undefined));
  if (input instanceof SluiceError) throw input;
  return undefined;
}

function describeInput(path: string, input: Input | SluiceError): string[] {
  if (input instanceof SluiceError)
    return [`${path}: hdf5, not to be read as a dataset: ${describeProblem(input.problem)}`];
  return [`${path}: ${input.loader.format.name}`, describeHeader(input.stream.header)];
}

function inputJson(input: Input | SluiceError): object {
  if (input instanceof SluiceError) return { format: "hdf5", problem: Problem.toJSON(input.problem) };
  return headerJson(input.loader.format.name, input.stream.header);
}

function sluiceError(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  throw error;
}

function headerJson(format: string, { dataset, arrays, tables }: DatasetHeader): object {
  return {
    format,
    dataset: DatasetSpec.toJSON(dataset),
    arrays: arrays.map((array) => ArraySpec.toJSON(array)),
    tables: tables.map((table) => TableSpec.toJSON(table)),
  };
}
