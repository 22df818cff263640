import { expect, test } from "@jest/globals";
import { SluiceError } from "@sluice/core";
import { writeAsd } from "../testing/write-asd.ts";
import { readHeader } from "./header.ts";
import { levelScale, toQuantity } from "./levels.ts";

function headerWith(fields: Record<string, number | string>) {
  const bytes = writeAsd({ version: 1, fields, channels: [[[0, 0, 0, 0, 0, 0]]] });
  return readHeader(bytes, bytes.length);
}

test.each([
  [0x1, 1],
  [0x2, 2.5],
  [0x3, 9.99],
  [0x4, 5],
])("unipolar range 0x%s: -R / 4096 * S * level", (code, volts) => {
  const { scale, offset } = levelScale(headerWith({ adc_range: code }), "TP");
  expect([scale, offset]).toEqual([(-volts / 4096) * 8, 0]);
});

test.each([
  [0x1_0000, 1],
  [0x2_0000, 2.5],
  [0x4_0000, 5],
])("bipolar range 0x%s: (R - 2 * level * R / 4096) * S", (code, volts) => {
  const { scale, offset } = levelScale(headerWith({ adc_range: code }), "TP");
  for (const level of [0, 1, 2048, 4095]) {
    expect(level * scale + offset).toBeCloseTo((volts - (2 * level * volts) / 4096) * 8, 12);
  }
});

test.each([
  ["TP", "nm", 8],
  ["ER", "nm", -3],
  ["PH", "deg", -5],
])("channel %s has unit %s and sensitivity %d", (channel, unit, sensitivity) => {
  expect(levelScale(headerWith({ adc_range: 4 }), channel)).toMatchObject({ unit, scale: (-5 / 4096) * sensitivity });
});

test("rounds once, from float64 to float32, and keeps the sign of zero", () => {
  const scale = levelScale(headerWith({ adc_range: 3, z_piezo_extension: 12.48 }), "TP");
  expect([...toQuantity(Int16Array.of(0, 1, 4095, -1), scale)]).toEqual(
    [0, 1, 4095, -1].map((level) => Math.fround(level * scale.scale)),
  );
  expect(toQuantity(Int16Array.of(0), scale)[0]).toBe(-0);
});

test.each([
  [{ adc_range: 5 }, "TP", "ADC_RANGE_UNKNOWN", "adc_range @ byte 133", "0x5"],
  [{}, "XX", "CHANNEL_UNSUPPORTED", "options.channel", '"XX"'],
  [{ z_piezo_gain: Number.NaN }, "TP", "ASD_FIELD_INVALID", "z_piezo_gain @ byte 161", "NaN"],
  [{ scanner_sensitivity: 0 }, "ER", "ASD_FIELD_INVALID", "scanner_sensitivity @ byte 105", "0"],
])("refuses %j on %s", (fields: Record<string, number>, channel, reason, field, got) => {
  try {
    levelScale(headerWith(fields), channel);
  } catch (error) {
    expect((error as SluiceError).problem).toMatchObject({ reason, field, got });
    return;
  }
  throw new Error("not refused");
});
