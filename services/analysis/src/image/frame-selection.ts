import { SluiceError } from "@sluice/core";
import type { Frame } from "@sluice/proto";
import { frameMissing } from "./frame-numbers.ts";
import type { ImageItem } from "./image-item.ts";
import type { ImageOutline } from "./image-outline.ts";
import type { SequenceWork } from "./image-step.ts";
import { type SelectedHeader, selectHeader } from "./selected-header.ts";
import { selectedBatch, selectedChunk, selectedEnd } from "./selected-rows.ts";
import type { Selection } from "./selection.ts";
import { TimesOfSelection } from "./selection-times.ts";

/**
 * Keeps some frames, and what belongs to them: their times and the rows of the table of the frames. Where layers or
 * masks still have all the frames, the times and rows of before stay beside, named `..._before_edit`. Memory: one frame.
 *
 * @param field parameter that named the frames, for what is only seen at the end of the stream
 */
export function selectFrames(
  outline: ImageOutline,
  selection: Selection,
  field: string,
): { readonly outline: ImageOutline; readonly run: SequenceWork } {
  const selected = selectHeader(outline, selection);
  return {
    outline: selected.outline,
    run: (items) => selectItems(items, selected, selection, field),
  };
}

async function* selectItems(
  items: AsyncIterable<ImageItem>,
  selected: SelectedHeader,
  selection: Selection,
  field: string,
): AsyncGenerator<ImageItem> {
  const times = selected.regular && new TimesOfSelection(selected.regular);
  let seen = 0;
  for await (const item of items) {
    if (item.kind === "other") {
      yield* others(item.frame, selected, selection);
      continue;
    }
    seen = item.index + 1;
    if (!selection.keeps(item.index)) continue;
    const index = selection.before(item.index);
    for (const frame of times?.add(index, item.index) ?? []) yield { kind: "other", frame };
    yield { ...item, index };
  }
  if (selected.requiresAll && selection.highest >= seen) {
    throw new SluiceError(frameMissing(field, selection.highest, seen));
  }
  for (const frame of times?.end() ?? []) yield { kind: "other", frame };
}

function* others(frame: Frame, { times, table }: SelectedHeader, selection: Selection): Generator<ImageItem> {
  const { content } = frame;
  let mine: { readonly keepsSource: boolean } | undefined;
  let made: Frame | undefined;
  if ((content?.$case === "chunk" || content?.$case === "arrayEnd") && content.value.arrayId === times?.sourceId) {
    mine = times;
    const target = times?.target;
    made =
      content.$case === "chunk"
        ? selectedChunk(content.value, target, selection)
        : selectedEnd(content.value, target, selection);
  } else if (content?.$case === "batch" && content.value.tableId === table?.sourceId) {
    mine = table;
    made = table && selectedBatch(content.value, table.target, selection);
  }
  if (!mine || mine.keepsSource) yield { kind: "other", frame };
  if (made) yield { kind: "other", frame: made };
}
