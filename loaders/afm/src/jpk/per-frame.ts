import { asElements } from "@sluice/core";
import type { Hdf5Dataset, Hdf5Group } from "@sluice/hdf5";
import { type FieldOrigin, type TableSpec } from "@sluice/proto";
import { origin } from "../movie.ts";
import { membersOf } from "./measurement.ts";

const rowsPerRead = 4096;

/** What the measurement records once per frame, beside the images: numbers of its group meta-data. */
export interface PerFrame {
  readonly datasets: ReadonlyMap<string, Hdf5Dataset>;
  /** Names those that do not hold one number per frame. */
  readonly origins: readonly FieldOrigin[];
}

/** The datasets of `meta-data` with one number per frame. */
export async function perFrameDatasets(measurement: Hdf5Group, frames: number): Promise<PerFrame> {
  const datasets = new Map<string, Hdf5Dataset>();
  const origins: FieldOrigin[] = [];
  if ((await measurement.kindOf("meta-data")) !== "group") return { datasets, origins };
  const group = await measurement.group("meta-data");
  for (const name of await membersOf(group, "dataset")) {
    const dataset = await group.dataset(name);
    const shape = dataset.shape ?? [];
    const [rows = 0, ...rest] = shape;
    const numeric = dataset.dataType !== undefined && !/^(float16|complex)/.test(dataset.dataType);
    if (numeric && rows === frames && rest.every((length) => length === 1)) {
      datasets.set(name, dataset);
    } else {
      const misfit = `${dataset.path} of shape [${shape.join(", ")}] has no number for each of ${frames} frames`;
      origins.push(origin(`tables.frames.${columnName(name)}`, "absent", misfit));
    }
  }
  return { datasets, origins };
}

/** One column for each dataset: start_times, end_times in milliseconds since 1970, and the gains of each frame. */
export function framesTable({ datasets }: PerFrame, frames: number): TableSpec | undefined {
  if (datasets.size === 0) return undefined;
  return {
    tableId: 1,
    name: "frames",
    rows: frames,
    columns: [...datasets].map(([name, dataset]) => ({
      name: columnName(name),
      dataType: dataset.dataType ?? "",
      unit: name.endsWith("-times") ? "ms" : "",
      nullable: false,
      description: name.endsWith("-times") ? "Milliseconds since 1970-01-01T00:00Z" : "",
    })),
    attributes: undefined,
  };
}

/** The rows of datasets with one number per frame, read a few thousand at a time. */
export async function* frameRows(
  datasets: readonly Hdf5Dataset[],
  frames: number,
): AsyncGenerator<(number | bigint)[]> {
  for (let first = 0; first < frames; first += rowsPerRead) {
    const rows = Math.min(rowsPerRead, frames - first);
    const columns = await Promise.all(datasets.map((dataset) => columnValues(dataset, first, rows)));
    for (let row = 0; row < rows; row++) yield columns.map((column) => column[row] as number | bigint);
  }
}

async function columnValues(dataset: Hdf5Dataset, first: number, rows: number): Promise<ArrayLike<number | bigint>> {
  const ones = (dataset.shape ?? []).slice(1);
  const bytes = await dataset.read({ offset: [first, ...ones.map(() => 0)], shape: [rows, ...ones] });
  return asElements(dataset.dataType ?? "uint8", bytes);
}

function columnName(name: string): string {
  return name.replaceAll("-", "_");
}
