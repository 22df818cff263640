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
 * still be those of the export, byte for byte. An abort leaves the rest unverified, with a warning: what was exported is
 * whole all the same.
 */
export async function verifySummary(
  summary: ExportSummary,
  withArtifacts: WithArtifacts,
  signal?: AbortSignal,
): Promise<ExportSummary> {
  const branches = [];
  for (const branch of summary.branches) {
    const done = branch.state === ExportState.EXPORT_STATE_SUCCEEDED;
    branches.push(done ? await verifiedBranch(branch, withArtifacts, signal) : branch);
  }
  return { ...summary, branches };
}

async function verifiedBranch(
  branch: BranchReport,
  withArtifacts: WithArtifacts,
  signal: AbortSignal | undefined,
): Promise<BranchReport> {
  const readable = loaders.some(({ format }) => format.name === branch.format);
  const verification = readable
    ? await compareValues(branch, withArtifacts, signal)
    : await compareBytes(branch, withArtifacts);
  if (verification) return { ...branch, verification };
  const message = readable
    ? "The check was interrupted: the values were not compared."
    : `Nothing here reads ${branch.format} back: its values were not compared.`;
  return { ...branch, warnings: [...branch.warnings.filter(isOther), notVerified(message)] };
}

const reason = "NOT_VERIFIED";

/** A receipt may have it already. */
function isOther(problem: Problem): boolean {
  return problem.reason !== reason;
}

function notVerified(message: string): Problem {
  return warning({ reason, message, field: "artifacts" });
}

/** What is wrong with artifacts that are not what the export wrote; undefined when they all are. */
async function compareBytes(branch: BranchReport, withArtifacts: WithArtifacts): Promise<Verification | undefined> {
  const faults: string[] = [];
  await withArtifacts(branch, async (folder) => {
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
  });
  return faults.length > 0 ? unreadable(...faults) : undefined;
}

function sha256Of(path: string): Promise<Uint8Array> {
  return withSource(path, async (file) => {
    const hash = createHash("sha256");
    for await (const bytes of file.createReadStream({ autoClose: false })) hash.update(bytes as Uint8Array);
    return hash.digest();
  });
}

/** What reading the values back has shown; undefined when the signal ended it. */
async function compareValues(
  branch: BranchReport,
  withArtifacts: WithArtifacts,
  signal: AbortSignal | undefined,
): Promise<Verification | undefined> {
  const [artifact] = branch.artifacts;
  if (!artifact) return unreadable("The branch wrote no artifact.");
  try {
    signal?.throwIfAborted();
    return await withArtifacts(branch, async (folder) => {
      const path = join(folder, artifact.path);
      const loader = await loaderOf(path, loaders);
      return await verify(branch.digests, await loader.load(path, {}, signal), loader.format.name);
    });
  } catch (error) {
    if (signal?.aborted) return undefined;
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
