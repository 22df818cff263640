import type { ArraySpec, Frame, Provenance } from "@sluice/proto";
import { SluiceError } from "./problem.ts";
import { arrayNamed, type DatasetHeader, type DatasetStream, imageOf } from "./stream.ts";

/** Name of the layer that holds an image as it was before the first step. */
const rawLayer = "raw";

/**
 * The stream as it was before any step: its image is the layer "raw" with the times that layer has; layers, masks and the
 * history of the steps are gone, and so is the table of the frames where frames were dropped since. A stream without
 * layers is raw already.
 *
 * @throws RAW_MISSING when there are layers, or steps in the history, but no raw one
 */
export function rawStream(stream: DatasetStream): DatasetStream {
  const found = imageOf(stream.header);
  if (!found) return stream;
  const { stack, array: image } = found;
  const layer = stack.layers.find(({ name }) => name === rawLayer);
  if (!layer) {
    if (stack.layers.length === 0 && !hasSteps(stream.header.dataset.provenance)) return stream;
    throw rawMissing(stack.layers.map(({ name }) => name));
  }
  const raw = arrayNamed(stream.header, layer.array);
  const dropped = new Set([
    image.name,
    ...stack.layers.map((other) => other.array).filter((name) => name !== raw.name),
    ...stack.maskArrays,
    ...timesOf(image).filter((name) => !timesOf(raw).includes(name)),
  ]);
  const table = stream.header.tables.find(({ name }) => name === stack.framesTable);
  const keepsTable = image.axes[0]?.size !== undefined && image.axes[0].size === raw.axes[0]?.size;
  const isKept = (array: ArraySpec) => !dropped.has(array.name);
  const header = headerWith(stream.header, {
    arrays: stream.header.arrays.filter(isKept).map((array) => (array === raw ? { ...raw, name: image.name } : array)),
    tables: keepsTable ? stream.header.tables : stream.header.tables.filter((other) => other !== table),
  });
  const gone = new Set(stream.header.arrays.filter((array) => !isKept(array)).map(({ arrayId }) => arrayId));
  const goneTable = keepsTable ? undefined : table?.tableId;
  return { ...stream, header, frames: without(stream.frames, gone, goneTable) };
}

function headerWith(
  { dataset }: DatasetHeader,
  { arrays, tables }: Pick<DatasetHeader, "arrays" | "tables">,
): DatasetHeader {
  const [stack, ...others] = dataset.imageStacks;
  const framesTable = tables.some(({ name }) => name === stack?.framesTable) ? (stack?.framesTable ?? "") : "";
  const imageStacks = stack ? [{ ...stack, layers: [], maskArrays: [], framesTable }, ...others] : [];
  return { dataset: { ...dataset, imageStacks, provenance: withoutSteps(dataset.provenance) }, arrays, tables };
}

async function* without(
  frames: AsyncIterable<Frame>,
  arrays: ReadonlySet<number>,
  table: number | undefined,
): AsyncGenerator<Frame> {
  for await (const frame of frames) {
    const { content } = frame;
    const isArray = content?.$case === "chunk" || content?.$case === "ragged" || content?.$case === "arrayEnd";
    if (isArray && arrays.has(content.value.arrayId)) continue;
    if (content?.$case === "batch" && content.value.tableId === table) continue;
    yield frame;
  }
}

function timesOf(array: ArraySpec): string[] {
  return array.axes.map((axis) => axis.coordinatesArray).filter((name) => name !== "");
}

/** Index of the first step that processed the image: what comes before belongs to its acquisition. */
function firstStep({ steps }: Provenance): number {
  return steps.findIndex(({ input, output }) => input === "processed/raw" || /^(processed|masks)\//.test(output));
}

function hasSteps(provenance: Provenance | undefined): boolean {
  return provenance !== undefined && firstStep(provenance) !== -1;
}

function withoutSteps(provenance: Provenance | undefined): Provenance | undefined {
  if (!provenance || !hasSteps(provenance)) return provenance;
  return { ...provenance, steps: provenance.steps.slice(0, firstStep(provenance)) };
}

function rawMissing(layers: readonly string[]): SluiceError {
  return new SluiceError({
    reason: "RAW_MISSING",
    message: "The image was processed, and the raw data were not kept.",
    field: "dataset.image_stacks[0].layers",
    got: layers.length === 0 ? "no layers" : layers.join(", "),
    allowed: [`a layer named ${rawLayer}`],
    remedy: "Export without the raw data, or from the file that they came from.",
  });
}
