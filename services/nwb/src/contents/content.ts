import type { AssemblyItem, Findings } from "@sluice/core";
import type { ArraySpec } from "@sluice/proto";

/** Writes one kind of content: units, electrodes, a series, intervals. */
export interface Content {
  /** The cells in which an array is to come; undefined for arrays that are not this content's, and for ragged ones. */
  gridOf(array: ArraySpec): readonly number[] | undefined;
  /** Takes what is its own, and leaves the rest. */
  take(item: AssemblyItem): Promise<void>;
  /** All has come: completes its part of the file. */
  end(): Promise<ContentFindings>;
}

/** What became of a content. */
export interface ContentFindings extends Required<Pick<Findings, "losses" | "warnings" | "origins">> {
  /** Names of the arrays that our loader finds as they were, bit by bit. */
  readonly exactArrays: readonly string[];
}
