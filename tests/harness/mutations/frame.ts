import { type ArrayChunk, ArrayEnd, ArraySpec, ChunkOrder, DatasetSpec, type Frame, StreamEnd } from "@sluice/proto";
import { below, edge, edge32, numbers, pick, type Random, texts } from "./draw.ts";

/** A frame with one thing changed. */
export function mutateFrame(frame: Frame, random: Random): Frame {
  const sequence = random() < 0.1 ? edge(random) : frame.sequence;
  return { sequence, content: mutateContent(frame.content, random) };
}

function mutateContent(content: Frame["content"], random: Random): Frame["content"] {
  switch (content?.$case) {
    case "chunk":
      return { $case: "chunk", value: mutateChunk(content.value, random) };
    case "array":
      return { $case: "array", value: mutateArray(ArraySpec.decode(ArraySpec.encode(content.value).finish()), random) };
    case "dataset":
      return {
        $case: "dataset",
        value: mutateDataset(DatasetSpec.decode(DatasetSpec.encode(content.value).finish()), random),
      };
    case "arrayEnd":
      return {
        $case: "arrayEnd",
        value: ArrayEnd.create({ arrayId: below(3, random), shape: numbers(content.value.shape, random) }),
      };
    case "streamEnd":
      return {
        $case: "streamEnd",
        value: StreamEnd.create({ ...content.value, [random() < 0.5 ? "frames" : "bytes"]: edge(random) }),
      };
    default:
      return content;
  }
}

function mutateChunk(chunk: ArrayChunk, random: Random): ArrayChunk {
  switch (below(6, random)) {
    case 0:
      return { ...chunk, arrayId: edge32(random) };
    case 1:
      return { ...chunk, offset: numbers(chunk.offset, random) };
    case 2:
      return { ...chunk, shape: numbers(chunk.shape, random) };
    case 3:
      return { ...chunk, crc32c: edge32(random) };
    case 4:
      return { ...chunk, data: chunk.data.subarray(0, below(chunk.data.length, random)) };
    default:
      return { ...chunk, data: Uint8Array.from(chunk.data, () => below(256, random)) };
  }
}

function mutateArray(array: ArraySpec, random: Random): ArraySpec {
  const axis = pick(array.axes, random);
  switch (below(10, random)) {
    case 0:
      return { ...array, arrayId: edge32(random) };
    case 1:
      return { ...array, dataType: pick([...texts, "int64", "complex128", "uint8", "float16"], random) ?? "" };
    case 2:
      return { ...array, name: pick(texts, random) ?? "" };
    case 3:
      return { ...array, axes: array.axes.slice(below(4, random)) };
    case 4:
      return { ...array, order: ChunkOrder.CHUNK_ORDER_ANY };
    case 5:
      return { ...array, fillValue: new Uint8Array(below(4, random)) };
    case 6:
      return { ...array, ragged: true };
    case 7:
      if (axis) axis.name = pick([...texts, "t", "c", "z", "y", "x"], random) ?? "";
      return array;
    case 8:
      if (axis) axis.size = random() < 0.2 ? undefined : edge(random);
      return array;
    default:
      if (axis) axis.scale = pick([Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1e300], random);
      return array;
  }
}

function mutateDataset(dataset: DatasetSpec, random: Random): DatasetSpec {
  const stack = dataset.imageStacks[0];
  switch (below(4, random)) {
    case 0:
      return { ...dataset, name: pick(texts, random) ?? "" };
    case 1:
      return { ...dataset, imageStacks: [] };
    case 2:
      if (stack) stack.imageArray = pick(texts, random) ?? "";
      return dataset;
    default:
      if (stack)
        stack.channels = Array.from({ length: below(4, random) }, () => ({
          name: pick(texts, random) ?? "",
        }));
      return dataset;
  }
}
