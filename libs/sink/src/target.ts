import type { Stats } from "node:fs";
import type { lstat as readStats } from "node:fs/promises";
import { Code, SluiceError } from "@sluice/core";
import { isFileError } from "./file-problem.ts";

const writeBits = 0o222;

/**
 * The file that stands under an artifact's name, if there is one and it may be replaced.
 *
 * @param field what problems are named under
 * @throws TARGET_EXISTS, TARGET_NOT_A_FILE, TARGET_PROTECTED
 */
export async function replaceableTarget(
  target: string,
  overwrite: boolean,
  field: string,
  { lstat }: { readonly lstat: typeof readStats },
): Promise<Stats | undefined> {
  let existing: Stats;
  try {
    existing = await lstat(target);
  } catch (error) {
    if (isFileError(error, "ENOENT")) return undefined;
    throw error;
  }
  if (!existing.isFile()) {
    const got = existing.isDirectory() ? "a folder" : existing.isSymbolicLink() ? "a link" : "a device or pipe";
    throw refused("TARGET_NOT_A_FILE", "The artifact's name belongs to something that is not a file.", field, got);
  }
  if (!overwrite) throw targetExists(field);
  if ((existing.mode & writeBits) === 0) {
    throw refused("TARGET_PROTECTED", "A write-protected file has the artifact's name.", field, "");
  }
  return existing;
}

/** The name is taken, and overwriting was not asked for. */
export function targetExists(field: string): SluiceError {
  return new SluiceError({
    reason: "TARGET_EXISTS",
    message: "A file of this name exists.",
    field,
    remedy: "Choose another name or folder, or ask for overwriting.",
    grpcCode: Code.ALREADY_EXISTS,
  });
}

function refused(reason: string, message: string, field: string, got: string): SluiceError {
  const remedy = "Choose another name or folder, or move it away.";
  return new SluiceError({ reason, message, field, got, remedy, grpcCode: Code.FAILED_PRECONDITION });
}
