import { shapesEqual } from "@sluice/core";
import { unreadable } from "@sluice/npy";
import type { NewColumn } from "@sluice/spikes";
import { float64sOf, type PickledArray, pickledArray, pickledScalar, type Scalar } from "../pickle/pickled-array.ts";

/** Values that are arrays, one of each unit; undefined where a unit has none. */
export interface UnitArrays {
  readonly key: string;
  readonly rows: readonly (PickledArray | undefined)[];
}

/** The units of a file, in its order. */
export interface SortedUnits {
  /** Samples of the spikes of each unit. */
  readonly trains: readonly Float64Array[];
  readonly columns: readonly NewColumn[];
  readonly arrays: readonly UnitArrays[];
}

const trainKey = "spike_train";
/** Keys under which other formats have what SpikeLab has here. */
const columnNames: Readonly<Record<string, string>> = { x_max: "x", y_max: "y" };

/**
 * What SpikeLab's sorter says of each unit: a dict of numbers, texts and arrays.
 *
 * @throws SluiceError SORTED_UNITS_INVALID
 * @throws PickleError
 */
export function sortedUnits(items: readonly unknown[]): SortedUnits {
  const units = items.map((item, unit) => {
    if (item instanceof Map) return item as ReadonlyMap<string, unknown>;
    throw invalid(`units[${unit}]`, "something else than a dict");
  });
  const keys = [...new Set(units.flatMap((unit) => [...unit.keys()]))].filter((key) => key !== trainKey);
  const columns: NewColumn[] = [];
  const arrays: UnitArrays[] = [];
  for (const key of keys) {
    const values = units.map((unit) => unit.get(key) ?? null);
    const rows = values.map((value, unit) => pickledArray(value, `units[${unit}].${key}`));
    if (rows.some((row) => row !== undefined)) {
      const odd = values.findIndex((value, unit) => value !== null && rows[unit] === undefined);
      if (odd >= 0) throw invalid(`units[${odd}].${key}`, "no array, where other units have one");
      arrays.push({ key, rows });
    } else {
      columns.push(
        columnOf(
          key,
          nameOf(key, keys),
          values.map((value, unit) => scalarOf(value, `units[${unit}].${key}`)),
        ),
      );
    }
  }
  return {
    trains: units.map((unit, index) => trainOf(unit.get(trainKey), `units[${index}].${trainKey}`)),
    columns,
    arrays,
  };
}

function trainOf(value: unknown, field: string): Float64Array {
  const train = pickledArray(value, field);
  const samples = train && train.shape.length === 1 ? float64sOf(train) : undefined;
  if (!samples) throw invalid(field, train ? `${train.type.dataType} [${train.shape.join(", ")}]` : "no array");
  return samples;
}

function scalarOf(value: unknown, field: string): Scalar {
  const scalar = pickledScalar(value, field);
  if (scalar === undefined) throw invalid(field, "neither a number, a text nor an array of numbers");
  return scalar;
}

/** A column of the type that holds all values; SpikeLab's loader has the ids of channels as text. */
function columnOf(key: string, name: string, values: readonly Scalar[]): NewColumn {
  const known = values.filter((value) => value !== null);
  if (key === "max_channel_id") return { name, dataType: "string", values: texts(values) };
  if (known.every((value) => typeof value === "boolean")) return { name, dataType: "bool", values };
  if (known.every(isInt64)) return { name, dataType: "int64", values };
  const areNumbers = known.every((value) => typeof value === "number" || isInt64(value));
  if (areNumbers)
    return { name, dataType: "float64", values: values.map((value) => (value === null ? null : Number(value))) };
  return { name, dataType: "string", values: texts(values) };
}

/** The name that other formats have for it, unless something else is called so. */
function nameOf(key: string, keys: readonly string[]): string {
  const name = columnNames[key] ?? key;
  return name !== key && keys.includes(name) ? key : name;
}

function texts(values: readonly Scalar[]): (string | null)[] {
  return values.map((value) => (value === null ? null : String(value)));
}

function isInt64(value: Scalar): boolean {
  return typeof value === "bigint" && BigInt.asIntN(64, value) === value;
}

/** True when all units have arrays of one shape. */
export function isDense({ rows }: UnitArrays): boolean {
  const [first] = rows;
  return first !== undefined && rows.every((row) => row !== undefined && shapesEqual(row.shape, first.shape));
}

function invalid(field: string, got: string): Error {
  return unreadable("SORTED_UNITS_INVALID", field, "The file is not what SpikeLab's sorter writes.", {
    got,
    allowed: ["a dict for each unit: spike_train, an array of samples; numbers, texts and arrays under other names"],
    remedy: "Leave units out by the option keys, or save the file again.",
  });
}
