/** Points of equal dimension. */
export type Points = readonly (readonly number[])[];

/** Cluster of a point that belongs to none. */
export const noise = -1;

/** Largest number of iterations of a k-means, unless it is given. */
const defaultIterations = 300;

/**
 * Clusters by density (Ester et al. 1996): the cluster of each point from 0 on, in the order of their first core points;
 * -1 for noise. A core point has `minimumPoints` points, itself among them, not farther than `radius`. Compares all
 * pairs of points.
 */
export function densityClusters(points: Points, radius: number, minimumPoints: number): number[] {
  const clusters = Array.from(points, () => noise);
  const isCore = points.map((point) => neighboursOf(points, point, radius).length >= minimumPoints);
  let count = 0;
  for (const start of points.keys()) {
    if (clusters[start] !== noise || !isCore[start]) continue;
    const open = [start];
    clusters[start] = count;
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (!isCore[index]) continue;
      for (const next of neighboursOf(points, points[index] as readonly number[], radius)) {
        if (clusters[next] !== noise) continue;
        clusters[next] = count;
        open.push(next);
      }
    }
    count++;
  }
  return clusters;
}

function neighboursOf(points: Points, point: readonly number[], radius: number): number[] {
  const near: number[] = [];
  for (let index = 0; index < points.length; index++) {
    if (squaredDistance(points[index] as readonly number[], point) <= radius * radius) near.push(index);
  }
  return near;
}

/** How often, and from which seed on, a k-means is tried. */
export interface KMeansOptions {
  readonly replicates?: number;
  readonly iterations?: number;
}

const firstSeed = 42;

/**
 * Clusters about k means (Lloyd, k-means++), the best of some tries with seeds of their own: the cluster of each point.
 *
 * @param k not more than there are different points
 */
export async function meanClusters(
  points: Points,
  k: number,
  { replicates = 1, iterations }: KMeansOptions = {},
): Promise<number[]> {
  // Takes long to load, and few exports cluster.
  const { kmeans } = await import("ml-kmeans");
  const data = points.map((point) => [...point]);
  let best: { readonly clusters: number[]; readonly error: number } | undefined;
  for (let replicate = 0; replicate < replicates; replicate++) {
    const maxIterations = iterations ?? defaultIterations;
    const { clusters } = kmeans(data, k, { seed: firstSeed + replicate, maxIterations });
    const error = squaredError(points, clusters, k);
    if (!best || error < best.error) best = { clusters, error };
  }
  return best?.clusters ?? [];
}

function squaredError(points: Points, clusters: readonly number[], k: number): number {
  const means = meansOf(points, clusters, k);
  return points.reduce(
    (sum, point, index) => sum + squaredDistance(point, means[clusters[index] as number] as number[]),
    0,
  );
}

/** Mean of the points of each cluster. */
export function meansOf(points: Points, clusters: readonly number[], count: number): number[][] {
  const dimensions = points[0]?.length ?? 0;
  const sums = Array.from({ length: count }, () => Array.from({ length: dimensions }, () => 0));
  const members = Array.from({ length: count }, () => 0);
  for (const [index, point] of points.entries()) {
    const cluster = clusters[index] as number;
    if (cluster === noise) continue;
    members[cluster] = (members[cluster] as number) + 1;
    const sum = sums[cluster] as number[];
    for (let axis = 0; axis < dimensions; axis++) sum[axis] = (sum[axis] as number) + (point[axis] as number);
  }
  return sums.map((sum, cluster) => sum.map((value) => value / (members[cluster] as number)));
}

/** How x-means splits. */
export interface XMeansOptions extends KMeansOptions {
  readonly least: number;
  readonly most: number;
  /** By how much the information criterion must rise for a split. */
  readonly threshold: number;
}

/** Fewest points of a half of a split. */
const leastMembers = 2;

/**
 * k-means whose k grows from `least` on (Pelleg and Moore 2000): clusters are split where that raises the Bayesian
 * information criterion, and all points clustered anew, until none is, or there would be more than `most`.
 */
export async function growingClusters(points: Points, options: XMeansOptions): Promise<number[]> {
  for (let k = options.least; ; ) {
    const clusters = await meanClusters(points, k, options);
    let next = 0;
    for (let cluster = 0; cluster < k; cluster++) {
      const members = points.filter((_, index) => clusters[index] === cluster);
      next += (await isWorthSplitting(members, options)) ? 2 : 1;
    }
    if (next === k || next > options.most || next > differentPoints(points)) return clusters;
    k = next;
  }
}

async function isWorthSplitting(points: Points, options: XMeansOptions): Promise<boolean> {
  if (differentPoints(points) < 2) return false;
  const halves = await meanClusters(points, 2, options);
  const parts = [0, 1].map((half) => points.filter((_, index) => halves[index] === half));
  if (parts.some((part) => part.length < leastMembers)) return false;
  const criterion = parts.reduce((sum, part) => sum + informationCriterion(part), 0);
  return criterion - informationCriterion(points) > options.threshold;
}

/** Bayesian information criterion of points about their mean, with one variance for all axes. */
function informationCriterion(points: Points): number {
  const count = points.length;
  const dimensions = points[0]?.length ?? 0;
  const [mean = []] = meansOf(
    points,
    Array.from(points, () => 0),
    1,
  );
  const error = points.reduce((sum, point) => sum + squaredDistance(point, mean), 0);
  const variance = error > 0 ? error / (count - 1) : Number.EPSILON;
  const likelihood = -0.5 * count * dimensions * Math.log(2 * Math.PI * variance) - (0.5 * error) / variance;
  return likelihood - 0.5 * (dimensions + 1) * Math.log(count);
}

/** Number of points that differ from each other. */
export function differentPoints(points: Points): number {
  return new Set(points.map((point) => point.join())).size;
}

function squaredDistance(one: readonly number[], other: readonly number[]): number {
  let sum = 0;
  for (let axis = 0; axis < one.length; axis++) sum += ((one[axis] as number) - (other[axis] as number)) ** 2;
  return sum;
}
