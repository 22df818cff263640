import { expect, test } from "@jest/globals";
import { openSpool } from "@sluice/sink";
import fc from "fast-check";
import { Chronology } from "./chronology.ts";

type Spike = readonly [value: number, unit: number, amplitude: number];

async function sortedBy(units: readonly (readonly number[])[], spikesInMemory: number): Promise<Spike[]> {
  const spool = openSpool();
  try {
    const chronology = new Chronology(spool, true, spikesInMemory);
    for (const [unit, values] of units.entries()) {
      const half = values.length >> 1;
      for (const list of [values.slice(0, half), values.slice(half)]) {
        await chronology.add(
          unit,
          Float64Array.from(list),
          Float64Array.from(list, (value) => value / 3 - unit),
        );
      }
    }
    const spikes: Spike[] = [];
    for await (const { values, units: indices, amplitudes } of chronology.sorted()) {
      values.forEach((value, at) => spikes.push([value, indices[at] as number, amplitudes?.[at] as number]));
    }
    return spikes;
  } finally {
    await spool.close();
  }
}

const times = fc.oneof(fc.integer({ min: -5, max: 40 }), fc.double({ min: -1, max: 1e6, noNaN: true }));

test("any units come in order of time, whatever stands in memory", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(times, { maxLength: 30 }), { maxLength: 8 }),
      fc.integer({ min: 1, max: 80 }),
      async (units, most) => {
        const expected = units
          .flatMap((values, unit) => values.map((value): Spike => [value, unit, value / 3 - unit]))
          .toSorted((a, b) => a[0] - b[0]);
        expect(await sortedBy(units, most)).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

test("runs of more spikes than are held while they are merged", async () => {
  const units = Array.from({ length: 50 }, (_, unit) =>
    Array.from({ length: 2000 }, (_n, at) => (at * 50 + unit * 7) % 99_991),
  );
  const spikes = await sortedBy(units, 3000);
  expect(spikes).toHaveLength(100_000);
  expect(spikes.every(([value], at) => at === 0 || (spikes[at - 1]?.[0] as number) <= value)).toBe(true);
});
