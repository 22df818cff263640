import { SluiceError } from "@sluice/core";
import { MemoryClass, type TableSpec } from "@sluice/proto";
import * as v from "valibot";
import { differentPoints, meansOf, noise, type Points } from "../numeric/clusters.ts";
import { type Feature, featuresIn, featuresParameter, featuresTable } from "./feature-source.ts";
import { FrameTimes } from "./frame-times.ts";
import type { ImageItem } from "./image-item.ts";
import type { ImageOutline } from "./image-outline.ts";
import { defineSequenceStep, type ImageStep, type SequenceDefinition } from "./image-step.ts";
import { TableWriter, tableSpec, withTable } from "./table.ts";

/** Most features that are clustered: all are held, and compared with each other. */
const maximumFeatures = 50_000;

/** Parameters that all clusterings have. */
export const clusterParameters = {
  features: featuresParameter,
  use_time: v.optional(v.pipe(v.boolean(), v.description("Cluster by place and time, not by place alone.")), true),
  normalise: v.optional(
    v.pipe(v.boolean(), v.description("Scale rows, columns and times each to 0..1 before distances are taken.")),
    true,
  ),
  time_weight: v.optional(
    v.pipe(v.number(), v.minValue(0), v.finite(), v.description("What times are multiplied by after that.")),
  ),
};

interface ClusterParameters {
  readonly features?: string | undefined;
  readonly use_time: boolean;
  readonly normalise: boolean;
  readonly time_weight?: number | undefined;
}

interface ClusterDefinition<Parameters extends ClusterParameters>
  extends Pick<SequenceDefinition<Parameters>, "name" | "summary" | "parameters"> {
  check?: SequenceDefinition<Parameters>["check"];
  /** The cluster of each point from 0 on; -1 for none. There is at least one point. */
  cluster(points: Points, parameters: Parameters): readonly number[] | Promise<readonly number[]>;
}

/** A step that clusters the features of a detection when all have come: a table of members, and one of centres. */
export function defineClustering<Parameters extends ClusterParameters>(
  definition: ClusterDefinition<Parameters>,
): ImageStep {
  return defineSequenceStep<Parameters>({
    ...definition,
    memory: MemoryClass.MEMORY_CLASS_PER_FRAME,
    check: (outline, parameters) => {
      const found = featuresTable(outline, parameters.features);
      return [...("reason" in found ? [found] : []), ...(definition.check?.(outline, parameters) ?? [])];
    },
    plan: (outline, parameters, { key }) => {
      const source = featuresTable(outline, parameters.features) as TableSpec;
      const { unit } = new FrameTimes(outline);
      const members = membersTable(outline, key, source.name);
      const withMembers = withTable(outline, members);
      const centres = centresTable(withMembers, key, parameters.use_time ? unit : undefined);
      return {
        outline: withTable(withMembers, centres),
        run: (items) => clustered(items, outline, source, members, centres, definition.cluster, parameters),
        table: key,
      };
    },
  });
}

function membersTable({ header }: ImageOutline, key: string, source: string): TableSpec {
  return tableSpec(header, key, [
    { name: "frame", dataType: "int32", description: "Frame, from 0 on." },
    { name: "label", dataType: "int32", description: `Number of the feature in its frame, in ${source}.` },
    { name: "cluster", dataType: "int32", description: "Cluster, from 0 on; -1 for a feature that belongs to none." },
    { name: "y", dataType: "float64", unit: "pixel", description: "Place, row." },
    { name: "x", dataType: "float64", unit: "pixel", description: "Place, column." },
  ]);
}

function centresTable({ header }: ImageOutline, key: string, timeUnit: string | undefined): TableSpec {
  return tableSpec(header, `${key}_centers`, [
    { name: "cluster", dataType: "int32", description: "Cluster, from 0 on." },
    { name: "members", dataType: "int32", description: "Features in all." },
    { name: "y", dataType: "float64", unit: "pixel", description: "Mean place of its features, row." },
    { name: "x", dataType: "float64", unit: "pixel", description: "Mean place of its features, column." },
    ...(timeUnit === undefined
      ? []
      : [{ name: "time", dataType: "float64" as const, unit: timeUnit, description: "Mean time of its features." }]),
  ]);
}

async function* clustered<Parameters extends ClusterParameters>(
  items: AsyncIterable<ImageItem>,
  outline: ImageOutline,
  source: TableSpec,
  members: TableSpec,
  centres: TableSpec,
  cluster: ClusterDefinition<Parameters>["cluster"],
  parameters: Parameters,
): AsyncGenerator<ImageItem> {
  const times = new FrameTimes(outline);
  const features: Feature[] = [];
  for await (const item of items) {
    yield item;
    if (item.kind === "image") continue;
    times.see(item.frame);
    for (const feature of featuresIn(item.frame, source)) features.push(feature);
    if (features.length > maximumFeatures) throw tooManyFeatures();
  }
  if (features.length === 0) return;
  const places = features.map(({ frame, y, x }) => (parameters.use_time ? [y, x, times.of(frame)] : [y, x]));
  const clusters = await cluster(weighted(places, parameters), parameters);
  const rows = features.map(({ frame, label, y, x }, index) => [frame, label, clusters[index] as number, y, x]);
  const count = 1 + clusters.reduce((most, value) => Math.max(most, value), noise);
  const sizes = Array.from({ length: count }, () => 0);
  for (const value of clusters) if (value !== noise) sizes[value] = (sizes[value] as number) + 1;
  const means = meansOf(places, clusters, count);
  const summary = means.map((mean, index) => [index, sizes[index] as number, ...mean]);
  for (const frame of [...new TableWriter(members).batch(rows), ...new TableWriter(centres).batch(summary)]) {
    yield { kind: "other", frame };
  }
}

/** Points in the measure that distances are taken in. */
function weighted(places: Points, { normalise, time_weight: timeWeight = 1 }: ClusterParameters): number[][] {
  const least = (axis: number) => places.reduce((value, place) => Math.min(value, place[axis] as number), Infinity);
  const most = (axis: number) => places.reduce((value, place) => Math.max(value, place[axis] as number), -Infinity);
  const ranges = (places[0] ?? []).map((_, axis) => ({ least: least(axis), span: most(axis) - least(axis) || 1 }));
  return places.map((place) =>
    place.map((value, axis) => {
      const range = ranges[axis] as (typeof ranges)[number];
      return (normalise ? (value - range.least) / range.span : value) * (axis === 2 ? timeWeight : 1);
    }),
  );
}

/** Throws when there are fewer different points than clusters. */
export function requireDifferentPoints(points: Points, clusters: number): void {
  const different = differentPoints(points);
  if (different >= clusters) return;
  throw new SluiceError({
    reason: "FEATURES_TOO_FEW",
    message: "There are fewer features at different places than clusters.",
    got: `${different} places`,
    allowed: [`at least ${clusters}`],
    remedy: "Ask for fewer clusters, or detect more features.",
  });
}

function tooManyFeatures(): SluiceError {
  return new SluiceError({
    reason: "FEATURES_TOO_MANY",
    message: "Features are clustered in memory, all at once, and these are too many.",
    got: `more than ${maximumFeatures}`,
    allowed: [`at most ${maximumFeatures}`],
    remedy: "Detect fewer (min_size, threshold), or choose frames (afm.select_frames).",
  });
}
