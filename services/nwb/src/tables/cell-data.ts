import { type DataType, dropped, loss } from "@sluice/core";
import type { Hdf5Value } from "@sluice/hdf5";
import { type Loss, LossKind } from "@sluice/proto";
import type { Cell, Column } from "@sluice/spikes";

/** Cells as elements of a column of NWB. */
export interface CellData {
  readonly type: DataType | "text";
  readonly data: readonly Hdf5Value[];
  readonly losses: readonly Loss[];
}

/**
 * Cells of a table as NWB holds them. It has no cells without a value: a missing number is NaN, a missing text empty;
 * integers and truth values with missing ones become floats. Undefined for complex numbers.
 *
 * @param field of the column, for losses
 */
export function cellData({ spec, cells }: Column, field: string): CellData | undefined {
  const { dataType } = spec;
  if (dataType.startsWith("complex")) return undefined;
  const missing = cells.reduce((count: number, cell) => count + (cell === null ? 1 : 0), 0);
  if (dataType === "string") {
    const lost = missing > 0 ? [dropped(field, `NWB has no text that is missing: ${missing} cells are empty.`)] : [];
    return { type: "text", data: cells.map((cell) => (cell ?? "") as string), losses: lost };
  }
  if (dataType.startsWith("float")) {
    const type = dataType === "float16" ? "float32" : (dataType as DataType);
    return { type, data: cells.map((cell) => (cell ?? Number.NaN) as number), losses: [] };
  }
  if (missing === 0) return { type: dataType as DataType, data: cells as readonly Hdf5Value[], losses: [] };
  const message = `NWB has no missing ${dataType}: the column becomes float64, with NaN in ${missing} cells.`;
  return {
    type: "float64",
    data: cells.map((cell) => (cell === null ? Number.NaN : Number(cell))),
    losses: [loss(LossKind.LOSS_KIND_CAST, field, message, { count: missing })],
  };
}

/** The cell as text. */
export function textOf(cell: Cell): string {
  return cell === null ? "" : String(cell);
}
