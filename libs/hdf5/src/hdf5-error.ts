import { Code, SluiceError } from "@sluice/core";

/**
 * Runs a call into the HDF5 library; what it throws becomes HDF5_READ_FAILED with the file's base name, the path of
 * the object and the innermost line of HDF5's error stack.
 */
export function attempt<T>(file: string, objectPath: string, action: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new SluiceError(
      {
        reason: "HDF5_READ_FAILED",
        message: `The HDF5 library could not ${action}.`,
        field: `${file}:${objectPath}`,
        got: diagnosis(error),
        remedy: "The file is damaged, cut or no HDF5 file; take another copy of it.",
        grpcCode: Code.DATA_LOSS,
      },
      { cause: error },
    );
  }
}

/** HDF5's stack prints its outermost call first; the innermost says what was wrong. Folders of this machine go. */
function diagnosis(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = [...message.matchAll(/#\d+: .*? line \d+ in \w+\(\): (.*)/g)].map((match) => match[1] as string);
  return (lines.at(-1) ?? message.split("\n")[0] ?? "").replace(/ name = '[^']*',/, "");
}
