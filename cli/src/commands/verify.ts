import { dirname } from "node:path";
import { parseReceipt, receiptOf } from "@sluice/core";
import { ExportState } from "@sluice/proto";
import { withSource } from "@sluice/source";
import type { Command } from "commander";
import { withFolder } from "../destination.ts";
import { action, ExitCode } from "../ending.ts";
import { describeSummary } from "../print.ts";
import { verifySummary } from "../verify-artifacts.ts";

interface Flags {
  readonly json: boolean;
}

/** `sluice verify`: do the artifacts still hold what the receipt says? */
export function addVerify(program: Command): void {
  program
    .command("verify")
    .description("read the artifacts of a receipt back and compare all values with its digests")
    .argument("<receipt>", "STEM.receipt.json, beside its artifacts")
    .option("--json", "one JSON object on standard output", false)
    .action(action(runVerify, (_receipt, flags) => flags.json));
}

async function runVerify(path: string, flags: Flags): Promise<ExitCode> {
  const receipt = await withSource(path, (file) => file.readFile("utf8"));
  const summary = await verifySummary(parseReceipt(receipt), withFolder(dirname(path)));
  console.log(flags.json ? JSON.stringify({ type: "summary", ...receiptOf(summary) }) : describeSummary(summary));
  const branches = summary.branches.filter((branch) => branch.state === ExportState.EXPORT_STATE_SUCCEEDED);
  return branches.every((branch) => branch.verification?.equal !== false) ? ExitCode.done : ExitCode.failed;
}
