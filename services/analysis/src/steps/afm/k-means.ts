import * as v from "valibot";
import { clusterParameters, defineClustering, requireDifferentPoints } from "../../image/cluster-step.ts";
import { meanClusters } from "../../numeric/clusters.ts";

/** Clusters features about k means (k-means++ with a fixed seed, so that results repeat). At most 50,000 features. */
export const kMeans = defineClustering({
  name: "k_means",
  summary: "Clusters detected features about k means: tables of members and centers. Keeps up to 50,000 features.",
  parameters: v.strictObject({
    ...clusterParameters,
    k: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000), v.description("Number of clusters.")),
  }),
  cluster: (points, { k }) => {
    requireDifferentPoints(points, k);
    return meanClusters(points, k);
  },
});
