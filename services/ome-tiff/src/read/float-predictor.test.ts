import { expect, test } from "@jest/globals";
import { asBytes, asElements } from "@sluice/core";
import { undoFloatPredictor } from "./float-predictor.ts";

/** The predictor by its definition: bytes apart, the most significant first, then differences. */
function predict(row: Float32Array, samples: number): Uint8Array {
  const bytes = asBytes(row);
  const apart = Uint8Array.from({ length: bytes.length }, (_, index) => {
    const plane = Math.floor(index / row.length);
    return bytes[(index % row.length) * 4 + 3 - plane] as number;
  });
  return apart.map((value, index) => (index < samples ? value : value - (apart[index - samples] as number)));
}

test.each([1, 3])("rows of floats, %d samples to a pixel", (samples) => {
  const rows = [Float32Array.of(1.5, -2, Number.NaN, 1e30, 0, 7), Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6)];
  const packed = new Uint8Array(Buffer.concat(rows.map((row) => predict(row, samples))));
  const unpacked = undoFloatPredictor(packed, 4, samples, 24);
  expect([...asElements("float32", unpacked)]).toEqual(rows.flatMap((row) => [...row]));
});
