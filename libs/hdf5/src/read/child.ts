/** A member of a group. HDF5 follows soft links, so that `group` and `dataset` take their names too. */
export interface Hdf5Child {
  readonly name: string;
  readonly kind: "group" | "dataset" | "datatype" | "soft-link" | "external-link" | "unknown";
  /** Path that a soft link holds; file and path of an external one, divided by a colon. */
  readonly target?: string;
  /** What a soft link leads to in the end; undefined when it leads nowhere, out of the file, or round in circles. */
  readonly leadsTo?: "group" | "dataset" | "datatype";
}
