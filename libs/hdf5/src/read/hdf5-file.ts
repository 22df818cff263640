import { Hdf5Group } from "./group.ts";
import { Session } from "./session.ts";

/** An open file: its root group, to be closed when done. */
export class Hdf5File extends Hdf5Group {
  /** Closes the file; to close it again does nothing. */
  close(): Promise<void> {
    return this.session.close();
  }
}

/**
 * Opens a file for reading from disk; nothing but what is asked for is ever in memory. Where the library must read it, it
 * does so in a thread of its own.
 *
 * @param signal ends all reading from the file: every call then rejects with the signal's reason
 * @throws SluiceError HDF5_READ_FAILED
 */
export async function openHdf5(path: string, signal?: AbortSignal): Promise<Hdf5File> {
  return new Hdf5File(await Session.open(path, signal), "/");
}

/** Opens a file, and closes it however `use` ends. */
export async function withHdf5<T>(
  path: string,
  use: (file: Hdf5File) => Promise<T> | T,
  signal?: AbortSignal,
): Promise<T> {
  const file = await openHdf5(path, signal);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
