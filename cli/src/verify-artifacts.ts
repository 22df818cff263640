import { createHash } from "node:crypto";
import { join } from "node:path";
import { toProblem, verify, warning } from "@sluice/core";
import { type BranchReport, ExportState, type ExportSummary, type Problem, type Verification } from "@sluice/proto";
import { withSource } from "@sluice/source";
import type { WithArtifacts } from "./destination.ts";
import { loaders } from "./formats.ts";
import { loaderOf } from "./input.ts";

/**
 * Reads every artifact back with its format's loader and compares the values with the digests of the export. Formats
 * without a loader, such as movies and pickles, get a warning: nobody reads values back from them. Their files must
 * still be those of the export, byte for byte.
 */
export async function verifySummary(summary: ExportSummary, withArtifacts: WithArtifacts): Promise<ExportSummary> {
  const branches = [];
  for (const branch of summary.branches) {
    const done = branch.state === ExportState.EXPORT_STATE_SUCCEEDED;
    const readable = loaders.some(({ format }) => format.name === branch.format);
    if (!done) branches.push(branch);
    else if (readable) branches.push({ ...branch, verification: await verifyBranch(branch, withArtifacts) });
    else {
      const changed = await changedArtifacts(branch, withArtifacts);
      const warnings = [...branch.warnings.filter(isOther), notVerified(branch.format)];
      branches.push(changed.length > 0 ? { ...branch, verification: unreadable(...changed) } : { ...branch, warnings });
    }
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

/** Says of each artifact that is not what the export wrote what it is. */
async function changedArtifacts(branch: BranchReport, withArtifacts: WithArtifacts): Promise<string[]> {
  return withArtifacts(branch, async (folder) => {
    const faults: string[] = [];
    for (const { path, sha256 } of branch.artifacts) {
      // A service that keeps its artifacts may have been asked for no digest.
      if (sha256.length === 0) continue;
      try {
        if (Buffer.compare(await sha256Of(join(folder, path)), sha256) !== 0) {
          faults.push(`${path} is another file than the export wrote: its SHA-256 differs.`);
        }
      } catch (error) {
        faults.push(`${path} cannot be read: ${toProblem(error).message}`);
      }
    }
    return faults;
  });
}

function sha256Of(path: string): Promise<Uint8Array> {
  return withSource(path, async (file) => {
    const hash = createHash("sha256");
    for await (const bytes of file.createReadStream({ autoClose: false })) hash.update(bytes as Uint8Array);
    return hash.digest();
  });
}

async function verifyBranch(branch: BranchReport, withArtifacts: WithArtifacts): Promise<Verification> {
  const [artifact] = branch.artifacts;
  if (!artifact) return unreadable("The branch wrote no artifact.");
  try {
    return await withArtifacts(branch, async (folder) => {
      const path = join(folder, artifact.path);
      const loader = await loaderOf(path, loaders);
      return await verify(branch.digests, await loader.load(path, {}), loader.format.name);
    });
  } catch (error) {
    return unreadable(`The artifact cannot be read back: ${toProblem(error).message}`);
  }
}

function unreadable(...faults: string[]): Verification {
  return {
    equal: false,
    loader: "none",
    differences: faults.map((message) => ({ array: "", frames: [], count: 0, message })),
  };
}
