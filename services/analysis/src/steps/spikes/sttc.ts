import * as v from "valibot";
import { coincidences } from "../../numeric/coincidences.ts";
import { type TiledTrain, tiledShare, tilingCoefficient } from "../../numeric/tiling.ts";
import { positiveMs } from "../../spikes/parameters.ts";
import { defineTrainsStep, unitAxis } from "../../spikes/trains-step.ts";

/**
 * Spike time tiling coefficient of all pairs of units (Cutts and Eglen 2014): symmetric, 1 on the diagonal, 0 where a
 * unit is silent. Time: S k steps for S spikes of all units with k others within the window, 2 N S at most for N units.
 */
export const sttc = defineTrainsStep({
  name: "sttc",
  summary: "Spike time tiling coefficient of all pairs of units.",
  parameters: v.strictObject({ windowMs: positiveMs(20, "Spikes so close are coincident, in ms.") }),
  needs: { length: true, pairs: true },
  results: (outline) => ({
    arrays: [
      {
        name: "sttc",
        dataType: "float64",
        axes: [unitAxis(outline), unitAxis(outline, "other_unit")],
        description: "spike time tiling coefficient",
      },
    ],
  }),
  compute: function* ({ units, startMs, lengthMs }, { windowMs }) {
    const trains = units.map((train) => (startMs === 0 ? train : train.map((time) => time - startMs)));
    const shares = trains.map((train) => tiledShare(train, windowMs, lengthMs));
    const near = yield* coincidences(trains, windowMs);
    const { length } = trains;
    const tiled = (i: number, j: number): TiledTrain => ({
      spikes: trains[i]?.length ?? 0,
      coincident: near[i * length + j] as number,
      share: shares[i] as number,
    });
    const matrix = new Float64Array(length * length);
    for (let i = 0; i < length; i++) {
      matrix[i * length + i] = 1;
      for (let j = i + 1; j < length; j++) {
        const value = tilingCoefficient(tiled(i, j), tiled(j, i));
        matrix[i * length + j] = value;
        matrix[j * length + i] = value;
      }
    }
    yield ["sttc", matrix];
  },
});
