import { expect, test } from "@jest/globals";
import { asBytes, SluiceError } from "@sluice/core";
import { withFile } from "@sluice/source/testing";
import * as fc from "fast-check";
import { npzLoader } from "./loader.ts";
import { npyFile, zipFile } from "./testing/foreign-files.ts";
import { pickledUnits } from "./testing/pickled-units.ts";

const members = {
  "units.npy": npyFile("'|O'", [2], pickledUnits[4]),
  "fs.npy": npyFile("'<f8'", [], asBytes(Float64Array.of(20_000))),
  "locations.npy": npyFile("'<f8'", [2, 2], new Uint8Array(32), { fortranOrder: true }),
  "rows.npy": npyFile("[('a', '<i2'), ('b', '<U2')]", [3], new Uint8Array(30)),
  "text.npy": npyFile("'<U3'", [], asBytes(Uint32Array.of(0x48, 0x65, 0))),
};

/** Reads a file to its end: true, or the problem that stands against it. */
async function outcomeOf(bytes: Uint8Array): Promise<string | true> {
  return await withFile(
    bytes,
    async (path) => {
      try {
        const { frames } = await npzLoader.load(path, {});
        for await (const frame of frames) expect(frame.content).toBeDefined();
        return true;
      } catch (error) {
        if (error instanceof SluiceError) return error.problem.reason;
        throw error;
      }
    },
    "damaged.npz",
  );
}

test("a file with bytes changed, left out or cut off is read or refused by name", async () => {
  const whole = zipFile(members);
  expect(await outcomeOf(whole)).toBe(true);
  const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.option(fc.nat(whole.length)),
      async (changes, end) => {
        const bytes = whole.slice(0, end ?? whole.length);
        for (const { at, value } of changes) if (at < bytes.length) bytes[at] = value;
        await outcomeOf(bytes);
      },
    ),
    { numRuns: 150 },
  );
});

test("a member with bytes changed, whose checksum is right, is read or refused by name", async () => {
  const names = Object.keys(members) as (keyof typeof members)[];
  const change = fc.record({ name: fc.constantFrom(...names), at: fc.nat(2000), value: fc.nat(255) });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const files: Record<string, Uint8Array> = { ...members };
      for (const { name, at, value } of changes) {
        const bytes = files[name] as Uint8Array;
        files[name] = bytes.with(at % bytes.length, value);
      }
      await outcomeOf(zipFile(files));
    }),
    { numRuns: 150 },
  );
});
