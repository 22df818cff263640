import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { Code, SluiceError } from "@sluice/core";

/** Opens a file for reading; SOURCE_MISSING or SOURCE_UNREADABLE name it without the folders of this machine. */
export async function openSource(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const missing = code === "ENOENT";
    throw new SluiceError(
      {
        reason: missing ? "SOURCE_MISSING" : "SOURCE_UNREADABLE",
        message: missing ? "There is no such file." : "The file cannot be opened.",
        field: basename(path),
        got: code ?? String(error),
        allowed: ["a file that exists and may be read"],
        remedy: "Correct the path or the permissions.",
        grpcCode: missing ? Code.NOT_FOUND : Code.PERMISSION_DENIED,
      },
      { cause: error },
    );
  }
}

/** Runs `use` on a file that is open for reading; what the disk says against it becomes SOURCE_UNREADABLE. */
export async function withSource<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await openSource(path);
  try {
    return await use(file);
  } catch (cause) {
    const { syscall, code = String(cause) } = cause as NodeJS.ErrnoException;
    if (syscall === undefined) throw cause;
    throw new SluiceError(
      {
        reason: "SOURCE_UNREADABLE",
        message: "The file cannot be read.",
        field: basename(path),
        got: code,
        remedy: "Check that it is a file, and its disk.",
        grpcCode: Code.FAILED_PRECONDITION,
      },
      { cause },
    );
  } finally {
    await file.close();
  }
}

/** Fills `bytes` from `position` on; gives how many there were before the file's end. */
export async function readFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}
