import type { Step } from "@sluice/core";
import { agreement } from "./agreement.ts";
import { binned } from "./binned.ts";
import { bursts } from "./bursts.ts";
import { crossCorrelogram } from "./cross-correlogram.ts";
import { isi } from "./isi.ts";
import { isiViolations } from "./isi-violations.ts";
import { latencies } from "./latencies.ts";
import { pairwiseLatencies } from "./pairwise-latencies.ts";
import { populationRate } from "./population-rate.ts";
import { quality } from "./quality.ts";
import { raster } from "./raster.ts";
import { rates } from "./rates.ts";
import { resampledIsi } from "./resampled-isi.ts";
import { slidingRate } from "./sliding-rate.ts";
import { sparseRaster } from "./sparse-raster.ts";
import { sttc } from "./sttc.ts";
import { threshold } from "./threshold.ts";
import { waveforms } from "./waveforms.ts";

/** Steps on spikes and raw traces, in the order of `sluice steps`. */
export const spikeSteps: readonly Step[] = [
  threshold,
  // Single units.
  rates,
  isi,
  isiViolations,
  resampledIsi,
  slidingRate,
  raster,
  sparseRaster,
  latencies,
  // Pairs of units.
  sttc,
  crossCorrelogram,
  pairwiseLatencies,
  agreement,
  // The population.
  binned,
  populationRate,
  bursts,
  // Spikes with raw traces.
  waveforms,
  quality,
];
