import { type Loss, LossKind } from "@sluice/proto";
import { countNonFinite } from "./json-limits.ts";

/** What becomes of something on the way into a file; how many values and by how much, where that is known. */
export function loss(
  kind: LossKind,
  field: string,
  message: string,
  { count, maxError }: Pick<Loss, "count" | "maxError"> = {},
): Loss {
  return { kind, field, message, count, maxError };
}

/** Something that a file leaves out. */
export function dropped(field: string, message: string, count?: number): Loss {
  return loss(LossKind.LOSS_KIND_DROPPED, field, message, { count });
}

/** The numbers that JSON cannot hold, of values by their field. */
export function nonFiniteLosses(values: Readonly<Record<string, unknown>>): Loss[] {
  return Object.entries(values)
    .map(([field, value]) => ({ field, count: countNonFinite(value) }))
    .filter(({ count }) => count > 0)
    .map(({ field, count }) =>
      dropped(field, "Numbers that JSON does not know (NaN, infinities) are written as null.", count),
    );
}
