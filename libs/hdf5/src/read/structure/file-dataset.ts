import { countElements } from "@sluice/core";
import type { DatasetFilter } from "../filters.ts";
import { type Dataspace, readDataspace } from "./dataspace.ts";
import { type FileType, readDatatype } from "./datatype.ts";
import { readFilters } from "./filter-pipeline.ts";
import { type Layout, readFill, readLayout } from "./layout.ts";
import { type HeaderMessage, messageType, onlyMessage } from "./object-header.ts";
import { StorageError } from "./stored-file.ts";

/** A dataset as its header has it. */
export interface FileDataset {
  readonly type: FileType;
  readonly space: Dataspace;
  readonly layout: Layout;
  readonly filters: readonly DatasetFilter[];
  /** An element that was not written; undefined for zeros. */
  readonly fill: Buffer | undefined;
}

/** Reads the messages of a dataset, which must agree with each other. */
export function readFileDataset(messages: readonly HeaderMessage[]): FileDataset {
  if (messages.some(({ type }) => type === messageType.externalFiles))
    throw new StorageError("elements in other files");
  const spaceMessage = onlyMessage(messages, messageType.dataspace);
  const typeMessage = onlyMessage(messages, messageType.datatype);
  if (!spaceMessage || !typeMessage) throw new StorageError("a dataset without a type or a space");
  const [space, type] = [readDataspace(spaceMessage), readDatatype(typeMessage)];
  const [layout, filters, fill] = [readLayout(messages), readFilters(messages), readFill(messages)];
  const fits = !fill || (fill.length === type.bytes && !type.follow);
  if (!fits) throw new StorageError("a fill value of another type, or one that leads elsewhere");
  requireAgreement(layout, space, type.bytes, filters.length);
  return { type, space, layout, filters, fill };
}

function requireAgreement(layout: Layout, { shape }: Dataspace, itemBytes: number, filters: number): void {
  const bytes = (countElements(shape ?? [0]) ?? 0) * itemBytes;
  let sound: boolean;
  if (layout.kind === "chunked") {
    const { chunk } = layout;
    sound = shape !== null && chunk.length === shape.length && chunk.length > 0 && layout.itemBytes === itemBytes;
    sound &&= (countElements(chunk) ?? Number.POSITIVE_INFINITY) * itemBytes < 2 ** 32;
    sound &&= chunk.every((length) => length > 0 && length < 2 ** 32);
  } else {
    const stored = layout.kind === "compact" ? layout.data.length : layout.bytes;
    sound = filters === 0 && stored === bytes;
  }
  if (!sound) throw new StorageError("a layout of another type or space");
}
