import { op } from "../python/opcodes.ts";
import type { Pickler } from "../python/pickler.ts";

/** SpikeLab's classes that a dataset of ours can be, and the modules that they are in. */
const modules = {
  SpikeData: "spikelab.spikedata.spikedata",
  RateData: "spikelab.spikedata.ratedata",
  PairwiseCompMatrix: "spikelab.spikedata.pairwise",
} as const;

export type ObjectName = keyof typeof modules;

export const objectNames = Object.keys(modules) as readonly ObjectName[];

/**
 * Opens an object without its constructor, and the dict of its fields, whose names and values follow, then
 * {@link endObject}. The constructor does not run when it is loaded: what it would check or compute must hold already.
 */
export function beginObject(pickler: Pickler, name: ObjectName): void {
  pickler.global(modules[name], name);
  pickler.tuple(0);
  pickler.code(op.newobj);
  pickler.memoize();
  pickler.code(op.emptyDict);
  pickler.memoize();
  pickler.code(op.mark);
}

/** Closes an object. */
export function endObject(pickler: Pickler): void {
  pickler.code(op.setitems);
  pickler.code(op.build);
}
