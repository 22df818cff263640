import { type BigIntStats, constants } from "node:fs";
import type * as promises from "node:fs/promises";
import { basename } from "node:path";
import { Code, SluiceError } from "@sluice/core";
import { fileProblem, isFileError } from "./file-problem.ts";
import { partChanged } from "./part-file.ts";
import { replaceableTarget, targetExists } from "./target.ts";

/** A finished part and the name that it shall have. All three paths are on one file system. */
export interface Placement {
  readonly part: string;
  readonly target: string;
  /** Unused hidden name for the file that it replaces. */
  readonly backup: string;
  /** Bytes of the part. */
  readonly size: number;
  /** What problems are named under. */
  readonly field: string;
}

/** What placing needs of the file system. */
export type PlacementFiles = Pick<
  typeof promises,
  "chmod" | "copyFile" | "link" | "lstat" | "open" | "rename" | "unlink"
>;

/**
 * Gives all parts their names, or none. At every moment each name holds the whole old file or the whole new one; a
 * failure puts the old files back. A process that is killed meanwhile leaves some old, some new, none broken.
 *
 * @param folders folders whose entries change: they are synced before the old files are let go
 * @throws what made it fail; COMMIT_NOT_UNDONE if even putting back failed
 */
export async function placeTogether(
  placements: readonly Placement[],
  folders: readonly string[],
  overwrite: boolean,
  files: PlacementFiles,
): Promise<void> {
  const placed: Placed[] = [];
  try {
    for (const placement of placements) {
      const entry = new Placed(placement, files);
      placed.push(entry);
      await entry.place(overwrite);
    }
    for (const folder of folders) await syncFolder(folder, files);
  } catch (error) {
    await undo(placed, error);
    throw error;
  }
  // The export is complete and durable: a hidden name that cannot be removed is no reason to call it failed.
  await Promise.allSettled(placed.map((entry) => entry.tidy()));
}

async function undo(placed: readonly Placed[], cause: unknown): Promise<void> {
  const lost: string[] = [];
  for (const entry of placed.toReversed()) {
    try {
      await entry.undo();
    } catch {
      lost.push(entry.trace());
    }
  }
  if (lost.length === 0) return;
  throw new SluiceError(
    {
      reason: "COMMIT_NOT_UNDONE",
      message: "The export failed at its very end, and what it had replaced could not be put back.",
      field: placed.at(-1)?.placement.field ?? "",
      got: lost.join("; "),
      remedy: "Rename the hidden files named here to their old names.",
      grpcCode: Code.DATA_LOSS,
    },
    { cause },
  );
}

const noHardLinks = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV"];

const attempts = 3;

class Placed {
  readonly placement: Placement;
  readonly #files: PlacementFiles;
  #part: BigIntStats | undefined;
  #backedUp = false;

  constructor(placement: Placement, files: PlacementFiles) {
    this.placement = placement;
    this.#files = files;
  }

  async place(overwrite: boolean): Promise<void> {
    const { field } = this.placement;
    try {
      this.#part = await this.#requirePart();
      for (let attempt = 0; attempt < attempts; attempt += 1) if (await this.#take(overwrite)) return;
    } catch (error) {
      throw fileProblem(error, field);
    }
    throw targetExists(field);
  }

  /** Puts back what was there, unless somebody else has taken the name since. */
  async undo(): Promise<void> {
    const { target, backup } = this.placement;
    const found = await statOf(target, this.#files);
    const ours = found !== undefined && found.ino === this.#part?.ino && found.dev === this.#part.dev;
    if (ours && this.#backedUp) return this.#files.rename(backup, target);
    if (ours) await this.#files.unlink(target);
    if (this.#backedUp) await this.#files.unlink(backup);
  }

  /** Removes the hidden names. */
  async tidy(): Promise<void> {
    const { part, backup } = this.placement;
    const gone = (error: unknown) => {
      if (!isFileError(error, "ENOENT")) throw error;
    };
    await this.#files.unlink(part).catch(gone);
    if (this.#backedUp) await this.#files.unlink(backup).catch(gone);
  }

  /** Where the old file is if it could not be put back. */
  trace(): string {
    const { field, backup } = this.placement;
    return this.#backedUp ? `${field}: the old file is ${basename(backup)}` : `${field}: the new file stayed`;
  }

  /** False if somebody else has taken or left the name at the same moment. */
  async #take(overwrite: boolean): Promise<boolean> {
    const { part, target, field } = this.placement;
    const existing = await replaceableTarget(target, overwrite, field, this.#files);
    if (existing === undefined) return this.#claim();
    await this.#files.chmod(part, existing.mode & 0o777);
    if (!(await this.#backUp())) return false;
    await this.#files.rename(part, target);
    return true;
  }

  async #requirePart(): Promise<BigIntStats> {
    const { part, size, field } = this.placement;
    const found = await statOf(part, this.#files);
    if (found?.isFile() && found.size === BigInt(size)) return found;
    throw partChanged(field, found ? `${found.size} bytes instead of ${size}` : "no file");
  }

  /** Takes a name that is free: unlike a rename, a link never replaces a file that came into being a moment ago. */
  async #claim(): Promise<boolean> {
    const { part, target } = this.placement;
    try {
      await this.#files.link(part, target);
      return true;
    } catch (error) {
      if (isFileError(error, "EEXIST")) return false;
      if (isFileError(error, ...noHardLinks)) return this.#claimWithoutLinks();
      throw error;
    }
  }

  /** FAT, exFAT and some network drives know no links: an empty file takes the name until the rename. */
  async #claimWithoutLinks(): Promise<boolean> {
    const { part, target } = this.placement;
    try {
      await (await this.#files.open(target, "wx")).close();
    } catch (error) {
      if (isFileError(error, "EEXIST")) return false;
      throw error;
    }
    try {
      await this.#files.rename(part, target);
      return true;
    } catch (error) {
      await this.#files.unlink(target);
      throw error;
    }
  }

  /** Gives the old file a second, hidden name, or where there are no links a copy under that name. */
  async #backUp(): Promise<boolean> {
    const { target, backup } = this.placement;
    try {
      await this.#files.link(target, backup);
    } catch (error) {
      if (isFileError(error, "ENOENT")) return false;
      if (!isFileError(error, ...noHardLinks)) throw error;
      await this.#files.copyFile(target, backup, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    }
    this.#backedUp = true;
    return true;
  }
}

async function statOf(path: string, { lstat }: PlacementFiles): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (isFileError(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Makes the names in a folder durable, where the system can. */
async function syncFolder(folder: string, files: PlacementFiles): Promise<void> {
  try {
    const handle = await files.open(folder, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Windows, some network drives, and folders that may be written but not read.
    if (isFileError(error, "EISDIR", "EPERM", "EACCES", "EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS")) return;
    throw fileProblem(error, "delivery.directory");
  }
}
