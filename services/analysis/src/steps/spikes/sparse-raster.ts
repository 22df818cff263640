import { binned, binsOf } from "../../numeric/spike-bins.ts";
import { checkBins, recordingBins } from "../../spikes/parameters.ts";
import { defineTrainsStep, unitAxis } from "../../spikes/trains-step.ts";
import { rasterParameters } from "./raster.ts";

/**
 * The raster as a compressed sparse row matrix [unit, bin] without its values, which are all 1: a bin with two spikes
 * stands twice. `indptr[i]` to before `indptr[i + 1]` are the places of unit i in `indices`, which do not descend.
 */
export const sparseRaster = defineTrainsStep({
  name: "sparse_raster",
  summary: "Bin of each spike, as a sparse matrix of units and bins.",
  parameters: rasterParameters,
  needs: { length: true, pairs: false },
  check: (outline, { binMs, timeOffsetMs }) => checkBins(recordingBins(outline, binMs, timeOffsetMs)),
  results: (outline) => ({
    arrays: [
      {
        name: "sparse_raster_indptr",
        dataType: "int64",
        axes: [{ ...unitAxis(outline, "unit_end"), size: outline.units + 1, labels: [] }],
        description: "start of each unit in sparse_raster_indices, and the end of the last",
      },
      {
        name: "sparse_raster_indices",
        dataType: "int32",
        axes: [{ name: "spike" }],
        description: "bin of each spike, unit by unit",
      },
    ],
  }),
  compute: function* ({ units, startMs, lengthMs }, { binMs, timeOffsetMs }) {
    const bins = binsOf(startMs, lengthMs, binMs, timeOffsetMs);
    const ends = new BigInt64Array(units.length + 1);
    for (const [unit, train] of units.entries()) ends[unit + 1] = (ends[unit] as bigint) + BigInt(train.length);
    yield ["sparse_raster_indptr", ends];
    for (const train of units) yield ["sparse_raster_indices", binned(bins, train)];
  },
});
