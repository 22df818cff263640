import { SluiceError } from "@sluice/core";
import type { Attributes } from "./attributes.ts";

/** value = raw * multiplier + offset, in `unit`. */
export interface Scaling {
  readonly multiplier: number;
  readonly offset: number;
  readonly unit: string;
}

/** The scaling of a channel, and where it comes from. */
export interface ChannelScaling extends Scaling {
  readonly kind: "read" | "derived";
  readonly detail: string;
}

/** Longest chain of conversions: volts, nominal, calibrated are three. */
const maximumSlots = 16;

/**
 * The scaling from stored numbers to the quantity that the channel declares as its default.
 *
 * `net-encoder.scaling` is the whole way in one step. Where it is missing it is put together of the encoder and the
 * conversions from `conversions.default` down to `conversions.base`, each of which names the slot it builds upon.
 *
 * @throws SluiceError JPK_ATTRIBUTE_INVALID, JPK_SCALING_UNSUPPORTED
 */
export function channelScaling(attributes: Attributes): ChannelScaling {
  if (attributes.number("net-encoder.scaling.multiplier") !== undefined) {
    const detail = attributes.place("net-encoder.scaling");
    return { ...scalingOf(attributes, "net-encoder"), kind: "read", detail };
  }
  return composedScaling(attributes);
}

/** The encoder followed by the conversions of the default slot. */
export function composedScaling(attributes: Attributes): ChannelScaling {
  const base = attributes.text("conversions.base");
  const names: string[] = [];
  let slot = attributes.text("conversions.default");
  while (slot !== undefined && slot !== base) {
    if (names.unshift(`conversion.${slot}`) > maximumSlots) {
      throw attributes.invalid("conversions.default", "a chain that ends at the base");
    }
    slot = attributes.text(`conversion.${slot}.base-calibration-slot`);
  }
  names.unshift("encoder");
  const whole = names.map((name) => scalingOf(attributes, name)).reduce(followedBy);
  return { ...whole, kind: "derived", detail: attributes.place(names.join(", then ")) };
}

/** Metres become nanometres, as AFM speaks of all lengths; other quantities keep the unit of the file. */
export function unitFactor(unit: string): { readonly unit: string; readonly factor: number } {
  return unit === "m" ? { unit: "nm", factor: 1e9 } : { unit, factor: 1 };
}

function followedBy(first: Scaling, second: Scaling): Scaling {
  return {
    multiplier: first.multiplier * second.multiplier,
    offset: first.offset * second.multiplier + second.offset,
    unit: second.unit,
  };
}

function scalingOf(attributes: Attributes, name: string): Scaling {
  const prefix = `${name}.scaling`;
  const type = attributes.text(`${prefix}.type`) ?? "linear";
  const style = attributes.text(`${prefix}.style`) ?? "offsetmultiplier";
  if (type !== "linear" || style !== "offsetmultiplier")
    throw unsupported(attributes.place(prefix), `${type}, ${style}`);
  const multiplier = attributes.number(`${prefix}.multiplier`);
  if (multiplier === undefined || multiplier === 0) {
    throw attributes.invalid(`${prefix}.multiplier`, "a finite number other than 0");
  }
  const offset = attributes.number(`${prefix}.offset`);
  if (offset === undefined) throw attributes.invalid(`${prefix}.offset`, "a finite number");
  const unit = attributes.text(`${prefix}.unit.unit`);
  if (unit === undefined) throw attributes.invalid(`${prefix}.unit.unit`, "a unit");
  return { multiplier, offset, unit };
}

function unsupported(field: string, got: string): SluiceError {
  return new SluiceError({
    reason: "JPK_SCALING_UNSUPPORTED",
    message: "The channel declares a scaling that is not linear.",
    field,
    got,
    allowed: ["linear, offsetmultiplier"],
    remedy: "Export another channel.",
  });
}
