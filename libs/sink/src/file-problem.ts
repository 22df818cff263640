import { Code, type ProblemParts, SluiceError } from "@sluice/core";

type Cause = Pick<ProblemParts, "reason" | "message" | "remedy" | "grpcCode" | "retryable">;

const diskFull: Cause = {
  reason: "DISK_FULL",
  message: "The disk is full.",
  remedy: "Free some space or choose a folder on another disk, then export again.",
  grpcCode: Code.RESOURCE_EXHAUSTED,
  retryable: true,
};
const notAllowed: Cause = {
  reason: "WRITE_NOT_ALLOWED",
  message: "The output folder cannot be written.",
  remedy: "Give the account that runs this process the right to write there, or choose another folder.",
  grpcCode: Code.PERMISSION_DENIED,
};
const fileInTheWay: Cause = {
  reason: "FOLDER_IS_A_FILE",
  message: "A file stands where a folder is needed.",
  remedy: "Move the file away or choose another folder.",
  grpcCode: Code.FAILED_PRECONDITION,
};
const tooManyFiles: Cause = {
  reason: "TOO_MANY_OPEN_FILES",
  message: "The process or the machine has too many files open.",
  remedy: "Run fewer exports at once or raise the limit (ulimit -n).",
  grpcCode: Code.RESOURCE_EXHAUSTED,
  retryable: true,
};
const storageFailed: Cause = {
  reason: "STORAGE_FAILED",
  message: "The disk or the network drive failed while it was used.",
  remedy: "Check the drive before you export again.",
  grpcCode: Code.DATA_LOSS,
};

const causes: Readonly<Record<string, Cause>> = {
  ENOSPC: diskFull,
  EDQUOT: {
    ...diskFull,
    reason: "DISK_QUOTA_EXCEEDED",
    message: "The disk quota of the account that writes is used up.",
    remedy: "Free some space, raise the quota or choose another folder, then export again.",
  },
  EACCES: notAllowed,
  EPERM: notAllowed,
  EROFS: {
    ...notAllowed,
    reason: "READ_ONLY_FILE_SYSTEM",
    message: "The output folder is on a file system that is read-only.",
    remedy: "Mount it for writing or choose another folder.",
    grpcCode: Code.FAILED_PRECONDITION,
  },
  ENOENT: {
    reason: "FOLDER_MISSING",
    message: "The output folder is not there, or was removed while it was used.",
    remedy: "Create it or choose another folder.",
    grpcCode: Code.NOT_FOUND,
  },
  ENOTDIR: fileInTheWay,
  // Of mkdir.
  EEXIST: fileInTheWay,
  ELOOP: {
    reason: "FOLDER_LINK_BROKEN",
    message: "A link in the path of the output folder leads in a circle.",
    remedy: "Repair the link or choose another folder.",
    grpcCode: Code.FAILED_PRECONDITION,
  },
  ENAMETOOLONG: {
    reason: "NAME_TOO_LONG",
    message: "The name is longer than this file system can hold.",
    remedy: "Choose a shorter name.",
    grpcCode: Code.INVALID_ARGUMENT,
  },
  EFBIG: {
    reason: "FILE_TOO_LARGE",
    message: "The file grew larger than this file system or the limit of the process (ulimit -f) allows.",
    remedy: "Choose a folder on a disk that holds large files (FAT32 ends at 4 GiB), or export less at once.",
    grpcCode: Code.RESOURCE_EXHAUSTED,
  },
  EMFILE: tooManyFiles,
  ENFILE: tooManyFiles,
  EIO: storageFailed,
  ENXIO: storageFailed,
  ENODEV: storageFailed,
  ESTALE: storageFailed,
};

/**
 * What an error of the file system means for an export, without a path of this machine; the error itself is the cause.
 * Anything that is not an error of the file system is given back as it is.
 *
 * @param field what it concerns, e.g. "artifacts.stack.ome.tif"
 */
export function fileProblem(error: unknown, field: string): unknown {
  if (error instanceof SluiceError || !hasCode(error)) return error;
  const cause = causes[error.code] ?? {
    reason: "STORAGE_ERROR",
    message: "The file system refused an operation.",
    remedy: "See the log of the process that writes.",
    grpcCode: Code.INTERNAL,
  };
  return new SluiceError({ ...cause, field, got: error.code }, { cause: error });
}

/** Runs an operation on files and names what goes wrong; see {@link fileProblem}. */
export async function namingFaults<T>(field: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileProblem(error, field);
  }
}

/** True for errors of the file system with one of these codes. */
export function isFileError(error: unknown, ...codes: string[]): boolean {
  return hasCode(error) && codes.includes(error.code);
}

function hasCode(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  if (typeof error !== "object" || error === null) return false;
  return "syscall" in error && "code" in error && typeof error.code === "string";
}
