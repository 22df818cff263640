import type { ArraySpec } from "@sluice/proto";
import type { NwbOptions } from "../options.ts";

/** How many of a unit make a volt: powers of ten that float64 holds, so that a division rounds once. */
const unitsPerVolt: Readonly<Record<string, number>> = {
  V: 1,
  volt: 1,
  volts: 1,
  mV: 1e3,
  millivolt: 1e3,
  uV: 1e6,
  "\u00b5V": 1e6,
  "\u03bcV": 1e6,
  microvolt: 1e6,
  microvolts: 1e6,
  nV: 1e9,
  nanovolt: 1e9,
};

/** What makes volts of the values of an array: volts = stored * conversion + offset. Undefined: no unit of voltage. */
export function conversionOf(
  { unit, valueScale = 1, valueOffset = 0 }: ArraySpec,
  { rawUnit }: Pick<NwbOptions, "rawUnit">,
): { readonly conversion: number; readonly offset: number } | undefined {
  const perVolt = unitsPerVolt[unit === "" ? (rawUnit ?? "") : unit];
  return perVolt === undefined ? undefined : { conversion: valueScale / perVolt, offset: valueOffset / perVolt };
}
