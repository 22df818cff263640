import type { Addresses } from "./addresses.ts";
import type { Appender } from "./appender.ts";
import type { FilterDescription, StorageClass } from "./storage-messages.ts";

/**
 * How a dataset keeps its elements. The methods are called in this order, `append` as often as there are rows; at a
 * checkpoint, from `requireComplete` on with `pause` for `finish`, before more is appended.
 */
export interface Storage {
  readonly storageClass: StorageClass;
  /** Filters of the chunks, in the order of writing. */
  readonly filters: readonly FilterDescription[];
  /** Appends whole indices of axis 0 behind those before. `elements` must stay unchanged until they are written. */
  append(elements: Uint8Array, rows: number): Promise<void>;
  /** False while elements are missing that must come before anything else is appended to the file. */
  readonly complete: boolean;
  /** Throws where it is not complete. */
  requireComplete(): void;
  /** Appends what is left, but what refers to objects. */
  finish(): Promise<void>;
  /** Appends what is left as `finish` does, but so that more can follow. */
  pause(): Promise<void>;
  /** Writes the index of what is now in the file. */
  settle(file: Appender): void;
  /** Length of the layout message, known before any address. */
  readonly layoutBytes: number;
  /** Places what refers to objects. */
  place(file: Appender, addresses: Addresses): Promise<void>;
  /** The layout message. */
  layout(addresses: Addresses): Uint8Array;
}
