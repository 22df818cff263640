import { localAnalysis } from "./analysis.ts";
import { afmSteps } from "./steps/afm/index.ts";
import { spikeSteps } from "./steps/spikes/index.ts";

export { localAnalysis } from "./analysis.ts";
export type { AnyStep } from "./plan.ts";

/** Every step that this process can run. */
export const analysis = localAnalysis([...afmSteps, ...spikeSteps]);
