import {
  type DatasetHeader,
  type DataType,
  dataTypes,
  defineExporter,
  type Exporter,
  frameElements,
  isError,
  itemSize,
  type Outlook,
} from "@sluice/core";
import { openSpool } from "@sluice/sink";
import { optionSchema, type PickleOptions } from "./options.ts";
import { writePlain } from "./plain/plain.ts";
import { bytesOf, planPlain } from "./plain/plan.ts";
import { planSpikelab } from "./spikelab/spikelab.ts";
import { version } from "./version.ts";

const mediaType = "application/octet-stream";

/** Writes a dataset as one pickle of Python. */
export const pickle: Exporter = defineExporter<PickleOptions>({
  format: {
    name: "pickle",
    summary:
      "Python pickle: a dict of NumPy arrays, or an object of SpikeLab's. Written, never read: loading one runs it.",
    version,
    contents: ["image_stacks", "spike_trains", "segmentations", "responses", "kymographs"],
    dataTypes: [...dataTypes],
    unknownLength: true,
    extensions: [".pkl"],
    mediaType,
  },
  options: optionSchema,
  check: foresee,
  export: async (stream, options, sink, context) => {
    const spool = openSpool();
    try {
      const appendOnly = !hasLead(stream.header, options);
      const writer = await sink.create(`${context.name}.pkl`, mediaType, { appendOnly });
      const write = options.profile === "spikelab" ? planSpikelab(stream.header, options).write : writePlain;
      return await write(stream, { options, writer, spool, context });
    } finally {
      await spool.close();
    }
  },
});

/** What an export would do: everything against it, what would be lost, and upper estimates of size and memory. */
function foresee(header: DatasetHeader, options: PickleOptions): Outlook {
  const { problems, losses } =
    options.profile === "spikelab" ? planSpikelab(header, options) : { ...planPlain(header, options), losses: [] };
  if (problems.some(isError)) return { problems: [...problems] };
  return {
    problems: [...problems],
    losses: [...losses],
    artifactBytes: options.profile === "spikelab" ? undefined : largestFile(header, options),
    memoryBytes: heldBytes(header) + (options.profile === "spikelab" ? tableBytes(header) : 0),
  };
}

function hasLead(header: DatasetHeader, options: PickleOptions): boolean {
  if (options.profile === "spikelab") return planSpikelab(header, options).hasLead;
  return planPlain(header, options).lead !== undefined;
}

/** Opcodes around an array or a column beyond its name. */
const bytesPerArray = 200;

function largestFile(header: DatasetHeader, { protocol }: PickleOptions): number | undefined {
  // Protocol 2 takes two bytes for every byte above 127.
  const factor = protocol === 2 ? 2 : 1;
  let bytes = 4 * JSON.stringify(header).length + 65_536;
  for (const array of header.arrays) {
    const own = bytesOf(array);
    if (own === undefined) return undefined;
    bytes += own * factor + bytesPerArray;
  }
  for (const { rows, columns } of header.tables) {
    for (const { dataType } of columns) {
      if (rows === undefined || dataType === "string") return undefined;
      bytes += rows * (itemSize[dataType as DataType] * factor + 32) + bytesPerArray;
    }
  }
  return Math.ceil(bytes);
}

/** A block of each array and column that waits, 8 bytes for each row of a ragged array, and what is read back at once. */
function heldBytes({ arrays, tables }: DatasetHeader): number {
  const parts = arrays.length + tables.reduce((sum, { columns }) => sum + columns.length, 0);
  const frames = arrays.map((array) =>
    array.ragged ? 0 : frameElements(array) * itemSize[array.dataType as DataType],
  );
  const rows = arrays.reduce((sum, { ragged, axes }) => sum + (ragged ? (axes[0]?.size ?? 0) : 0), 0);
  return Math.ceil(2 * Math.max(0, ...frames) + parts * 65_536 + 8 * rows + 4 * 2 ** 20);
}

/** Cells of the tables in memory, without their texts. */
function tableBytes({ tables }: DatasetHeader): number {
  return tables.reduce((sum, { rows, columns }) => sum + 16 * (rows ?? 0) * columns.length, 0);
}
