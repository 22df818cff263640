import type { TableSpec } from "@sluice/proto";
import { MemoryClass } from "@sluice/proto";
import * as v from "valibot";
import { type Feature, featuresIn, featuresParameter, featuresTable } from "../../image/feature-source.ts";
import type { ImageItem } from "../../image/image-item.ts";
import { defineSequenceStep } from "../../image/image-step.ts";
import { TableWriter, tableSpec, withTable } from "../../image/table.ts";
import { Tracker, type TrackerOptions } from "../../numeric/tracker.ts";

/**
 * Links the features of a detection from frame to frame: each track, the oldest first, takes the nearest feature that no
 * other has taken, nearer than `max_distance`; what is left begins new tracks. Works on either detection. Memory: the
 * features of one frame, and the tracks that go on.
 */
export const particleTracking = defineSequenceStep({
  name: "particle_tracking",
  summary: "Links detected features from frame to frame: a table of tracks.",
  memory: MemoryClass.MEMORY_CLASS_PER_FRAME,
  parameters: v.strictObject({
    features: featuresParameter,
    max_distance: v.optional(
      v.pipe(v.number(), v.minValue(0), v.description("Farthest step of a track to the next frame, in pixels.")),
      5,
    ),
    max_missing: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(0), v.description("Frames that a track may miss and go on.")),
      0,
    ),
    distance_scale: v.optional(
      v.pipe(
        v.picklist(["constant", "sqrt", "linear"]),
        v.description(
          "How the farthest step grows with the frames since the last one: not, with their root, or with them.",
        ),
      ),
      "constant",
    ),
  }),
  check: (outline, { features }) => {
    const found = featuresTable(outline, features);
    return "reason" in found ? [found] : [];
  },
  plan: (outline, { features, ...parameters }, { key }) => {
    const source = featuresTable(outline, features) as TableSpec;
    const table = tableSpec(outline.header, key, [
      { name: "frame", dataType: "int32", description: "Frame, from 0 on." },
      {
        name: "track",
        dataType: "int32",
        description: "Number of the track, from 0 on, in the order of their first frames.",
      },
      { name: "label", dataType: "int32", description: `Number of the feature in its frame, in ${source.name}.` },
      { name: "y", dataType: "float64", unit: "pixel", description: "Place, row." },
      { name: "x", dataType: "float64", unit: "pixel", description: "Place, column." },
    ]);
    const options: TrackerOptions = {
      maximumDistance: parameters.max_distance,
      maximumMissing: parameters.max_missing,
      scale: parameters.distance_scale,
    };
    return {
      outline: withTable(outline, table),
      run: (items) => tracked(items, source, new TableWriter(table), new Tracker(options)),
      table: key,
    };
  },
});

async function* tracked(
  items: AsyncIterable<ImageItem>,
  source: TableSpec,
  table: TableWriter,
  tracker: Tracker,
): AsyncGenerator<ImageItem> {
  let waiting: Feature[] = [];
  const link = (): ImageItem[] => {
    const [first] = waiting;
    if (!first) return [];
    const tracks = tracker.add(first.frame, waiting);
    const rows = waiting.map(({ frame, label, y, x }, index) => [frame, tracks[index] as number, label, y, x]);
    waiting = [];
    return table.batch(rows).map((frame) => ({ kind: "other", frame }));
  };
  for await (const item of items) {
    yield item;
    if (item.kind === "image") continue;
    for (const feature of featuresIn(item.frame, source)) {
      if (waiting[0] && waiting[0].frame !== feature.frame) yield* link();
      waiting.push(feature);
    }
  }
  yield* link();
}
