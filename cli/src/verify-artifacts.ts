import { join } from "node:path";
import { toProblem, verify, warning } from "@sluice/core";
import { type BranchReport, ExportState, type ExportSummary, type Problem, type Verification } from "@sluice/proto";
import type { WithArtifacts } from "./destination.ts";
import { loaders } from "./formats.ts";
import { loaderOf } from "./input.ts";

/**
 * Reads every artifact back with its format's loader and compares the values with the digests of the export. Formats
 * without a loader, such as movies and pickles, get a warning: nobody reads values back from them.
 */
export async function verifySummary(summary: ExportSummary, withArtifacts: WithArtifacts): Promise<ExportSummary> {
  const branches = [];
  for (const branch of summary.branches) {
    const done = branch.state === ExportState.EXPORT_STATE_SUCCEEDED;
    const readable = loaders.some(({ format }) => format.name === branch.format);
    if (!done) branches.push(branch);
    else if (readable) branches.push({ ...branch, verification: await verifyBranch(branch, withArtifacts) });
    else branches.push({ ...branch, warnings: [...branch.warnings.filter(isOther), notVerified(branch.format)] });
  }
  return { ...summary, branches };
}

const reason = "NOT_VERIFIED";

/** A receipt may have it already. */
function isOther(problem: Problem): boolean {
  return problem.reason !== reason;
}

function notVerified(format: string): Problem {
  const message = `Nothing here reads ${format} back: its values were not compared.`;
  return warning({ reason, message, field: "artifacts" });
}

async function verifyBranch(branch: BranchReport, withArtifacts: WithArtifacts): Promise<Verification> {
  const [artifact] = branch.artifacts;
  if (!artifact) return unreadable("none", "The branch wrote no artifact.");
  try {
    return await withArtifacts(branch, async (folder) => {
      const path = join(folder, artifact.path);
      const loader = await loaderOf(path, loaders);
      return await verify(branch.digests, await loader.load(path, {}), loader.format.name);
    });
  } catch (error) {
    return unreadable("none", `The artifact cannot be read back: ${toProblem(error).message}`);
  }
}

function unreadable(loader: string, message: string): Verification {
  return { equal: false, loader, differences: [{ array: "", frames: [], count: 0, message }] };
}
