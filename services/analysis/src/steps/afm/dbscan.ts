import * as v from "valibot";
import { clusterParameters, defineClustering } from "../../image/cluster-step.ts";
import { densityClusters } from "../../numeric/clusters.ts";

/** Clusters features by density (DBSCAN, Ester et al. 1996), as scikit-learn does. At most 50,000 features. */
export const dbscan = defineClustering({
  name: "dbscan",
  summary: "Clusters detected features by density: tables of members and centers. Keeps up to 50,000 features.",
  parameters: v.strictObject({
    ...clusterParameters,
    eps: v.optional(
      v.pipe(v.number(), v.gtValue(0), v.finite(), v.description("Farthest distance of neighbours.")),
      0.3,
    ),
    min_samples: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.description("Neighbours of a core point, itself among them.")),
      5,
    ),
  }),
  cluster: (points, { eps, min_samples: least }) => densityClusters(points, eps, least),
});
