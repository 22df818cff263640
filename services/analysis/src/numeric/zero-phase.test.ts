import { expect, test } from "@jest/globals";
import { goldenRaw, spikelabGolden, spikelabMissing } from "../testing/spikelab.ts";
import { type Band, butterworth, poleRadius } from "./butterworth.ts";
import { restingState, runCascade } from "./section-cascade.ts";
import { planZeroPhase, ZeroPhaseFilter } from "./zero-phase.ts";

const withGolden = spikelabMissing ? test.skip : test;

function filtered(order: number, band: Band, rate: number, data: Float64Array, perPush: number): number[] {
  const filter = new ZeroPhaseFilter(planZeroPhase(butterworth(order, band, rate)));
  const result: number[] = [];
  const take = (values: Float64Array) => result.push(...values);
  for (let start = 0; start < data.length; start += perPush) filter.push(data.subarray(start, start + perPush), take);
  filter.finish(take);
  return result;
}

/** scipy.signal.sosfiltfilt, on the whole record. */
function onTheWhole(order: number, band: Band, rate: number, data: Float64Array): Float64Array {
  const sections = butterworth(order, band, rate);
  const { edge } = planZeroPhase(sections);
  const { length } = data;
  const at = (index: number) => {
    if (index < 0) return 2 * (data[0] as number) - (data[-index] as number);
    if (index >= length) return 2 * (data[length - 1] as number) - (data[2 * length - 2 - index] as number);
    return data[index] as number;
  };
  const values = Float64Array.from({ length: length + 2 * edge }, (_, index) => at(index - edge));
  const range = { start: 0, end: values.length };
  const rest = restingState(sections);
  runCascade(
    sections,
    values,
    { ...range, backwards: false },
    rest.map((value) => value * (values[0] as number)),
  );
  const last = values.at(-1) as number;
  runCascade(
    sections,
    values,
    { ...range, backwards: true },
    rest.map((value) => value * last),
  );
  return values.slice(edge, edge + length);
}

withGolden(`the sections are scipy's${spikelabMissing}`, () => {
  const golden: number[][] = spikelabGolden().sos_300_6000_o3_fs20k;
  const sections = butterworth(3, { lowHz: 300, highHz: 6000 }, 20_000);
  for (const [index, { b0, b1, b2, a1, a2 }] of sections.entries()) {
    for (const [place, value] of [b0, b1, b2, 1, a1, a2].entries()) {
      expect(value).toBeCloseTo(golden[index]?.[place] as number, 12);
    }
  }
});

withGolden(`the filtered traces are scipy's${spikelabMissing}`, () => {
  const golden = spikelabGolden().butter_300_6000_o3_fs20k;
  const result = filtered(3, { lowHz: 300, highHz: 6000 }, 20_000, goldenRaw().slice(0, 20_000), 1000);
  expect(result.length).toBe(20_000);
  for (const [index, value] of golden.ch0_first10.entries()) expect(result[index]).toBeCloseTo(value, 10);
  for (const [index, value] of golden.ch0_last5.entries()) expect(result.at(index - 5)).toBeCloseTo(value, 10);
  expect(result.reduce((sum, value) => sum + Math.abs(value), 0)).toBeCloseTo(golden.ch0_sum_abs, 6);
});

const bands: readonly (readonly [number, Band])[] = [
  [1, { lowHz: 100, highHz: null }],
  [3, { lowHz: 300, highHz: 6000 }],
  [4, { lowHz: 300, highHz: 6000 }],
  [5, { lowHz: null, highHz: 3000 }],
  [8, { lowHz: 500, highHz: 9000 }],
  [2, { lowHz: 5, highHz: null }],
];

for (const [order, band] of bands) {
  test(`a stream is filtered as the whole record is, to 1e-12: order ${order}, ${band.lowHz} to ${band.highHz} Hz`, () => {
    const data = Float64Array.from(
      { length: 120_000 },
      (_, index) => 40 * Math.sin(index * index) + index / 1000 + 500,
    );
    const whole = onTheWhole(order, band, 20_000, data);
    const most = whole.reduce((before, value) => Math.max(before, Math.abs(value)), 0);
    const inPieces = filtered(order, band, 20_000, data, 3001);
    expect(inPieces.length).toBe(data.length);
    let error = 0;
    for (const [index, value] of inPieces.entries())
      error = Math.max(error, Math.abs(value - (whole[index] as number)));
    expect(error / most).toBeLessThan(1e-12);
    expect(filtered(order, band, 20_000, data, 120_000)).toEqual(inPieces);
  });
}

test("gain is 1 in the middle of the band, 1/sqrt(2) at its edges, 0 at direct current and half the rate", () => {
  for (const order of [1, 2, 3, 6, 12]) {
    const sections = butterworth(order, { lowHz: 300, highHz: 6000 }, 20_000);
    expect(sections.length).toBe(order);
    expect(poleRadius(sections)).toBeLessThan(1);
    for (const [hz, gain] of [
      [300, Math.SQRT1_2],
      [6000, Math.SQRT1_2],
      [0, 0],
      [10_000, 0],
    ] as const) {
      expect(response(sections, hz / 20_000)).toBeCloseTo(gain, 9);
    }
  }
});

function response(sections: ReturnType<typeof butterworth>, cycles: number): number {
  return sections.reduce((gain, { b0, b1, b2, a1, a2 }) => {
    const [c1, s1, c2, s2] = [1, 2].flatMap((k) => [
      Math.cos(2 * Math.PI * cycles * k),
      Math.sin(2 * Math.PI * cycles * k),
    ]) as [number, number, number, number];
    const above = Math.hypot(b0 + b1 * c1 + b2 * c2, b1 * s1 + b2 * s2);
    return (gain * above) / Math.hypot(1 + a1 * c1 + a2 * c2, a1 * s1 + a2 * s2);
  }, 1);
}
