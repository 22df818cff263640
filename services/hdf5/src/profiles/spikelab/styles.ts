import type { GroupWriter } from "@sluice/hdf5";
import { GroupStyle } from "./group-style.ts";
import { PairedStyle } from "./paired-style.ts";
import type { SpikePlan } from "./plan.ts";
import { RaggedStyle } from "./ragged-style.ts";
import { RasterStyle } from "./raster-style.ts";
import type { StyleWriter } from "./style-writer.ts";

/** The writer of the plan's style. */
export function styleWriter(root: GroupWriter, plan: SpikePlan): StyleWriter {
  switch (plan.style) {
    case "ragged":
      return new RaggedStyle(root, plan);
    case "raster":
      return new RasterStyle(root, plan);
    case "group":
      return new GroupStyle(root, plan);
    case "paired":
      return new PairedStyle(root, plan);
  }
}
