import { availableParallelism } from "node:os";
import pLimit from "p-limit";

/** Chunks worth holding in a pipeline: one per core at work, as many again on the way in and out, at most 16. */
export const defaultLookAhead = Math.min(16, 2 * availableParallelism());

/**
 * Runs a task of the libuv thread pool once there is room. All codecs of the process share this bound: every core has
 * a task at work and one waits, while file system and name look-ups, which use the same pool, do not queue behind
 * dozens of chunks.
 */
export const onPool = pLimit(availableParallelism() + 1);
