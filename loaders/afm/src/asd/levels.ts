import { SluiceError } from "@sluice/core";
import { invalidField } from "./field-table.ts";
import type { AsdHeader } from "./header.ts";

/** How the levels of one channel become a quantity. */
export interface LevelScale {
  /** Unit of the quantity: "nm" or "deg". */
  readonly unit: string;
  /** value = scale * level + offset */
  readonly scale: number;
  readonly offset: number;
  /** Fields that the scale was computed from, with their bytes. */
  readonly detail: string;
}

/** Levels of the converter, whatever `adc_bits` says: so do libasd's and AFMReader's formulas. */
const resolution = 4096;

const adcRanges: Readonly<Record<number, { readonly volts: number; readonly bipolar: boolean }>> = {
  0x1: { volts: 1, bipolar: false },
  0x2: { volts: 2.5, bipolar: false },
  0x3: { volts: 9.99, bipolar: false },
  0x4: { volts: 5, bipolar: false },
  0x1_0000: { volts: 1, bipolar: true },
  0x2_0000: { volts: 2.5, bipolar: true },
  0x4_0000: { volts: 5, bipolar: true },
};

const sensitivities: Readonly<Record<string, { unit: string; sign: number; factors: readonly string[] }>> = {
  TP: { unit: "nm", sign: 1, factors: ["z_piezo_gain", "z_piezo_extension"] },
  ER: { unit: "nm", sign: -1, factors: ["scanner_sensitivity"] },
  PH: { unit: "deg", sign: -1, factors: ["phase_sensitivity"] },
};

/**
 * The scale of a channel. With R the range of the converter in volts and S the channel's sensitivity:
 * unipolar value = -R / 4096 * S * level, bipolar value = (R - 2 * level * R / 4096) * S (libasd, convert.hpp).
 *
 * @throws SluiceError ADC_RANGE_UNKNOWN, CHANNEL_UNSUPPORTED, ASD_FIELD_INVALID
 */
export function levelScale({ fields }: AsdHeader, channel: string): LevelScale {
  const code = fields.number("adc_range");
  const range = adcRanges[code];
  if (!range) throw unknownRange(code, fields.offset("adc_range"));
  const kind = sensitivities[channel];
  if (!kind) throw unknownKind(channel);
  let sensitivity = kind.sign;
  for (const name of kind.factors) {
    const factor = fields.number(name);
    if (!Number.isFinite(factor) || factor === 0) {
      throw invalidField(name, fields.offset(name), factor, "a finite number other than 0");
    }
    sensitivity *= factor;
  }
  const used = ["adc_range", ...kind.factors].map((name) => `${name} @ byte ${fields.offset(name)}`).join(", ");
  return range.bipolar
    ? {
        unit: kind.unit,
        scale: ((-2 * range.volts) / resolution) * sensitivity,
        offset: range.volts * sensitivity,
        detail: used,
      }
    : { unit: kind.unit, scale: (-range.volts / resolution) * sensitivity, offset: 0, detail: used };
}

/** Levels as float32 quantities, computed in float64. Level 0 of a unipolar range stays -0 as the formula gives it. */
export function toQuantity(levels: Int16Array, { scale, offset }: LevelScale): Float32Array {
  const values = new Float32Array(levels.length);
  if (offset === 0) {
    for (let index = 0; index < levels.length; index++) values[index] = (levels[index] as number) * scale;
  } else {
    for (let index = 0; index < levels.length; index++) values[index] = (levels[index] as number) * scale + offset;
  }
  return values;
}

function unknownRange(code: number, offset: number): SluiceError {
  return new SluiceError({
    reason: "ADC_RANGE_UNKNOWN",
    message: "The header names a range of the converter that Sluice does not know, so levels have no scale.",
    field: `adc_range @ byte ${offset}`,
    got: `0x${code.toString(16)}`,
    allowed: Object.keys(adcRanges).map((known) => `0x${Number(known).toString(16)}`),
    remedy: "The file is damaged, or its range has to be added.",
  });
}

function unknownKind(channel: string): SluiceError {
  return new SluiceError({
    reason: "CHANNEL_UNSUPPORTED",
    message: "The channel is in the file, but no formula is known for its values.",
    field: "options.channel",
    got: JSON.stringify(channel),
    allowed: Object.keys(sensitivities),
    remedy: "Export another channel of the file.",
  });
}
