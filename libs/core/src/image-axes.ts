import { AxisType } from "@sluice/proto";
import * as v from "valibot";

/** What the axes of an image are, by their names: NGFF's. */
export const imageAxisTypes = {
  t: AxisType.AXIS_TYPE_TIME,
  c: AxisType.AXIS_TYPE_CHANNEL,
  z: AxisType.AXIS_TYPE_SPACE,
  y: AxisType.AXIS_TYPE_SPACE,
  x: AxisType.AXIS_TYPE_SPACE,
} as const;

/** What an axis of that name is; not known for names that are none of an image's. */
export function imageAxisType(name: string): AxisType {
  return (imageAxisTypes as Readonly<Record<string, AxisType>>)[name] ?? AxisType.AXIS_TYPE_UNSPECIFIED;
}

/** Option of a loader: the axes of the image in a file that does not name them, slowest first, such as "tyx". */
export const imageAxesSchema = v.pipe(
  v.string(),
  v.regex(/^(?!.*(.).*\1)[tcz]*yx$/, "letters among t, c, z, each once, then yx"),
);
