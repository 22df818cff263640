/** Something that a reference can lead to: a group or a dataset of the file that is being written. */
export abstract class Hdf5Target {
  /** The file that it belongs to; compared by identity. */
  abstract readonly file: object;
  /** Number of the object in its file. */
  abstract readonly objectNumber: number;
  /** Absolute path inside the file. */
  abstract readonly path: string;
}
