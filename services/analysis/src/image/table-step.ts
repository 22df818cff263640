import { MemoryClass } from "@sluice/proto";
import type { ImageFrame, ImageItem } from "./image-item.ts";
import type { ImageOutline } from "./image-outline.ts";
import { defineSequenceStep, type FrameFilterDefinition, type ImageStep } from "./image-step.ts";
import { type NumberColumn, TableWriter, tableSpec, withTable } from "./table.ts";

/** A step that writes rows about each frame, and passes the frames on as they are. */
export interface FrameTableDefinition<Parameters>
  extends Pick<FrameFilterDefinition<Parameters>, "name" | "summary" | "parameters" | "check"> {
  columns(outline: ImageOutline): readonly NumberColumn[];
  /** Called once before the first frame; its result gives the rows of a frame, a value for each column. */
  rows(parameters: Parameters, outline: ImageOutline): (frame: ImageFrame) => readonly (readonly number[])[];
}

/** A step that writes a table named as the step is: `step_2_count_nonzero`. */
export function defineFrameTable<Parameters>(definition: FrameTableDefinition<Parameters>): ImageStep {
  return defineSequenceStep<Parameters>({
    ...definition,
    memory: MemoryClass.MEMORY_CLASS_PER_FRAME,
    plan: (outline, parameters, { key }) => {
      const table = tableSpec(outline.header, key, definition.columns(outline));
      return {
        outline: withTable(outline, table),
        run: (items) => rowsOfFrames(items, new TableWriter(table), definition.rows(parameters, outline)),
        table: key,
      };
    },
  });
}

async function* rowsOfFrames(
  items: AsyncIterable<ImageItem>,
  table: TableWriter,
  rowsOf: (frame: ImageFrame) => readonly (readonly number[])[],
): AsyncGenerator<ImageItem> {
  for await (const item of items) {
    if (item.kind === "image") for (const frame of table.batch(rowsOf(item))) yield { kind: "other", frame };
    yield item;
  }
}
