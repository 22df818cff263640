import { problem } from "@sluice/core";
import * as v from "valibot";
import { clusterParameters, defineClustering, requireDifferentPoints } from "../../image/cluster-step.ts";
import { growingClusters } from "../../numeric/clusters.ts";

const count = (most: number, description: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most), v.description(description));

/**
 * Clusters features about as many means as raise the Bayesian information criterion (Pelleg and Moore 2000). Seeds are
 * fixed, so that results repeat. At most 50,000 features.
 */
export const xMeans = defineClustering({
  name: "x_means",
  summary:
    "Clusters detected features about means whose number follows from the data: tables of members and centers. Keeps up to 50,000 features.",
  parameters: v.strictObject({
    ...clusterParameters,
    min_k: v.optional(count(1000, "Number of clusters to begin with."), 1),
    max_k: v.optional(count(1000, "Largest number of clusters."), 10),
    replicates: v.optional(count(100, "Tries of each k-means; the best one counts."), 3),
    max_iter: v.optional(count(100_000, "Largest number of iterations of each."), 300),
    bic_threshold: v.optional(
      v.pipe(v.number(), v.finite(), v.description("Rise of the criterion that a split needs.")),
      0,
    ),
  }),
  check: (_outline, { min_k: least, max_k: most }) => (least <= most ? [] : [countsReversed(least, most)]),
  cluster: (points, parameters) => {
    const { min_k: least, max_k: most, replicates, max_iter: iterations, bic_threshold: threshold } = parameters;
    requireDifferentPoints(points, least);
    return growingClusters(points, { least, most, replicates, iterations, threshold });
  },
});

function countsReversed(least: number, most: number) {
  return problem({
    reason: "OPTION_INVALID",
    message: "The largest number of clusters is less than the first.",
    field: "max_k",
    got: String(most),
    allowed: [`${least} or more`],
    remedy: "Exchange them.",
  });
}
