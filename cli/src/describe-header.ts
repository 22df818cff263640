import type { DatasetHeader } from "@sluice/core";
import { type ArraySpec, type Axis, type FieldOrigin, Origin } from "@sluice/proto";

/** A header for people, several lines. */
export function describeHeader({ dataset, arrays, tables }: DatasetHeader): string {
  const { provenance } = dataset;
  const lines = [
    `name: ${dataset.name}`,
    ...dataset.imageStacks.map(
      (stack) => `image: ${stack.imageArray}, ${stack.modality || "modality unknown"}${channels(stack.channels)}`,
    ),
    ...arrays.map(describeArray),
    ...tables.map((table) => `table ${table.name}: ${table.columns.map((column) => column.name).join(", ")}`),
    ...(provenance?.acquiredTime ? [`acquired: ${provenance.acquiredTime.toISOString()}`] : []),
    ...(provenance?.source ? [`source: ${provenance.source}`] : []),
    ...(provenance?.steps ?? []).map(
      (step, index) => `step ${index + 1}: ${step.name} ${JSON.stringify(step.parameters)}`,
    ),
    ...dataset.origins.map(describeOrigin),
  ];
  return lines.map((line) => `  ${line}`).join("\n");
}

function channels(items: readonly { readonly name: string }[]): string {
  return items.length === 0 ? "" : `, channels ${items.map((channel) => channel.name).join(", ")}`;
}

function describeArray(array: ArraySpec): string {
  const unit = array.unit === "" ? "" : ` in ${array.unit}`;
  const axes = array.axes.map(describeAxis).join(" x ");
  return `array ${array.name}: ${array.dataType}${unit}, ${axes}`;
}

function describeAxis(axis: Axis): string {
  const size = axis.size ?? "unknown";
  if (axis.coordinatesArray !== "") return `${axis.name} ${size} (at ${axis.coordinatesArray}, ${axis.unit})`;
  return axis.scale === undefined ? `${axis.name} ${size}` : `${axis.name} ${size} (${axis.scale} ${axis.unit} each)`;
}

function describeOrigin({ field, origin, detail }: FieldOrigin): string {
  const words: Partial<Record<Origin, string>> = {
    [Origin.ORIGIN_GIVEN]: "given",
    [Origin.ORIGIN_READ]: "read",
    [Origin.ORIGIN_DERIVED]: "derived",
    [Origin.ORIGIN_DEFAULTED]: "defaulted",
    [Origin.ORIGIN_ABSENT]: "absent",
  };
  return `origin of ${field}: ${words[origin] ?? "unknown"}${detail === "" ? "" : `, ${detail}`}`;
}
