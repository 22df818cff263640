import { asElements, type DatasetStream, type DataType, parseDataType } from "@sluice/core";
import { collect } from "@sluice/core/testing";

/** What a stream of this package held: values by array, rows by table column, the shapes of its chunks. */
export interface MovieValues {
  readonly arrays: Readonly<Record<string, number[]>>;
  readonly columns: Readonly<Record<string, (number | bigint)[]>>;
  readonly chunkShapes: number[][];
  readonly ends: number[][];
}

/** Drains a stream of a few frames into lists of numbers. */
export async function movieValues(stream: DatasetStream): Promise<MovieValues> {
  const arrays: Record<string, number[]> = {};
  const columns: Record<string, (number | bigint)[]> = {};
  const chunkShapes: number[][] = [];
  const ends: number[][] = [];
  for (const { content } of await collect(stream.frames)) {
    if (content?.$case === "chunk") {
      const array = stream.header.arrays.find(({ arrayId }) => arrayId === content.value.arrayId);
      const values = asElements(parseDataType(array?.dataType ?? "", "test"), content.value.data);
      const list = (arrays[array?.name ?? ""] ??= []);
      for (const value of values) list.push(Number(value));
      if (array?.name === "image") chunkShapes.push(content.value.shape);
    } else if (content?.$case === "batch") {
      const { columns: specs } = stream.header.tables[0] ?? { columns: [] };
      content.value.columns.forEach((buffer, index) => {
        const { name = "", dataType = "" } = specs[index] ?? {};
        const values = asElements(dataType as DataType, buffer.data);
        (columns[name] ??= []).push(...values);
      });
    } else if (content?.$case === "arrayEnd") {
      ends.push(content.value.shape);
    }
  }
  return { arrays, columns, chunkShapes, ends };
}
