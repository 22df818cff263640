import type { Step } from "@sluice/core";
import { threshold } from "./threshold.ts";

/** Steps on spikes and raw traces, in the order of `sluice steps`. */
export const spikeSteps: readonly Step[] = [threshold];
