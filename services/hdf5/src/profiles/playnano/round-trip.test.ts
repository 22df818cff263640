import { expect, test } from "@jest/globals";
import { asBytes, verify } from "@sluice/core";
import { type MemoryArray, memoryStream } from "@sluice/core/testing";
import fc from "fast-check";
import { hdf5Loader } from "../../loader.ts";
import { exportToMemory, gather, withFile } from "../../testing/index.ts";

const arrayTypes = {
  float32: Float32Array,
  float64: Float64Array,
  int16: Int16Array,
  uint8: Uint8Array,
  uint32: Uint32Array,
  bool: Uint8Array,
} as const;

const space = { unit: "nanometer", scale: 0.5 };
const axes = [
  { name: "t", unit: "ms", coordinatesArray: "times" },
  { name: "y", ...space },
  { name: "x", ...space },
];

function movie(name: string, dataType: keyof typeof arrayTypes, shape: number[], seed: number): MemoryArray {
  const count = shape.reduce((product, length) => product * length, 1);
  const values = Array.from({ length: count }, (_, index) => (index * 7919 + seed) % (dataType === "bool" ? 2 : 201));
  return { name, dataType, shape, data: arrayTypes[dataType].from(values), axes };
}

const dataType = fc.constantFrom("float32", "float64", "int16", "uint8", "uint32", "bool" as const);
const stack = fc.record({
  shape: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
  chunk: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
  image: dataType,
  layers: fc.array(dataType, { maxLength: 3 }),
  masks: fc.integer({ min: 0, max: 2 }),
  unknownLength: fc.boolean(),
  compression: fc.constantFrom("deflate", "none"),
  seed: fc.integer({ min: 0, max: 1000 }),
});

test("what goes into a bundle comes out as float32, however it was cut", async () => {
  await fc.assert(
    fc.asyncProperty(stack, async ({ shape, chunk, image, layers, masks, unknownLength, compression, seed }) => {
      const layerNames = layers.map((_, index) => `step_${index}`);
      const maskNames = Array.from({ length: masks }, (_, index) => `masks/mask ${index}`);
      const movies = [
        movie("image", image, shape, seed),
        ...layers.map((type, index) => movie(`processed/step_${index}`, type, shape, seed + index)),
        ...maskNames.map((name, index) => movie(name, "bool", shape, seed + index)),
      ];
      const seconds = Float64Array.from({ length: shape[0] }, (_, index) => index * 1.25);
      const times: MemoryArray = {
        name: "times",
        dataType: "float64",
        shape: [shape[0]],
        data: seconds.map((value) => value * 1000),
        axes: ["t"],
        spec: { unit: "ms" },
      };
      const stream = memoryStream([...movies, times], {
        unknownLength,
        chunking: chunk.map((length, axis) => Math.min(length, shape[axis] as number)),
        imageStack: {
          channels: [],
          layers: layerNames.map((name) => ({ name, array: `processed/${name}` })),
          maskArrays: maskNames,
        },
      });
      const { bytes, findings } = await exportToMemory(stream, { profile: "playnano", compression });
      await withFile(bytes, async (path) => {
        const read = await verify(findings.digests ?? [], await hdf5Loader.load(path, {}), "hdf5");
        expect(read.differences).toEqual([]);
        const stored = movies.map(({ data, ...parts }) => {
          const isMask = parts.name.startsWith("masks/");
          return {
            ...parts,
            axes: ["t", "y", "x"],
            dataType: isMask ? ("bool" as const) : ("float32" as const),
            data: isMask ? data : float32(data),
          };
        });
        const expected = await gather(memoryStream([...stored, { ...times, name: "timestamps", data: seconds }]));
        const byName = (digests: typeof expected.digests) => new Map(digests.map((digest) => [digest.array, digest]));
        const loaded = await gather(await hdf5Loader.load(path, {}));
        expect(byName(loaded.digests)).toEqual(byName(expected.digests));
      });
    }),
    { numRuns: 40 },
  );
});

function float32(data: ArrayBufferView): Uint8Array {
  return asBytes(Float32Array.from(data as unknown as ArrayLike<number>));
}
