import { warning } from "@sluice/core";
import { type FieldOrigin, Origin, type Problem } from "@sluice/proto";
import type { ImagePlan } from "./plan.ts";
import { type Rational, toRational } from "./rational.ts";

const spatial = ["x", "y", "z"] as const;

/** Warnings about scales that are no lengths. */
export function pixelSizeWarnings({ array, sizeMicrometers }: ImagePlan): Problem[] {
  return array.axes
    .filter(({ name, scale }) => isSpatial(name) && scale !== undefined && sizeMicrometers[name] === undefined)
    .map(({ name, unit }) =>
      warning({
        reason: "LENGTH_UNIT_UNKNOWN",
        message: `The scale of axis ${name} has no unit of length; PhysicalSize${name.toUpperCase()} is left out.`,
        field: `arrays.${array.name}.axes.${name}.unit`,
        got: JSON.stringify(unit),
        allowed: ['UDUNITS-2 lengths such as "nanometer", "um"'],
        remedy: "Give the unit.",
      }),
    );
}

/** How the pixel size on each spatial axis came to be known. */
export function pixelSizeOrigins({ array, sizeMicrometers }: ImagePlan): FieldOrigin[] {
  return spatial.map((name) => {
    const axis = array.axes.find((candidate) => candidate.name === name);
    const known = sizeMicrometers[name] !== undefined;
    return {
      field: `ome.Pixels.PhysicalSize${name.toUpperCase()}`,
      origin: known ? Origin.ORIGIN_DERIVED : Origin.ORIGIN_ABSENT,
      detail: known ? `scale ${axis?.scale} ${axis?.unit} of the ${name} axis` : "",
    };
  });
}

const micrometersPerCentimeter = 10_000;

/** Pixels per centimeter, for the resolution tags; undefined unless both are known and TIFF can hold them. */
export function resolutionOf({ sizeMicrometers }: ImagePlan): { x: Rational; y: Rational } | undefined {
  const [x, y] = [sizeMicrometers.x, sizeMicrometers.y].map((size) =>
    size === undefined ? undefined : toRational(micrometersPerCentimeter / size),
  );
  return x && y && { x, y };
}

function isSpatial(name: string): name is "x" | "y" | "z" {
  return name === "x" || name === "y" || name === "z";
}
