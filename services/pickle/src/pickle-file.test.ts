import { expect, test } from "@jest/globals";
import { Stopwatch } from "@sluice/core";
import { memorySink } from "@sluice/sink/testing";
import { PickleFile } from "./pickle-file.ts";
import { op, type Protocol } from "./python/opcodes.ts";
import { unpickle } from "./testing/unpickle.ts";
import { arrayOf } from "./testing/unpickled.ts";

async function fileOf(protocol: Protocol) {
  const sink = memorySink();
  const writer = await sink.create("a.pkl", "application/octet-stream");
  return { sink, file: new PickleFile(writer, new Stopwatch(), protocol, undefined) };
}

test("an array that the protocol has no length for is refused before its bytes", async () => {
  const endless = {
    length: 2 ** 32,
    pieces: () => {
      throw new Error("It is not read.");
    },
  };
  const { file } = await fileOf(3);
  await expect(file.array({ dataType: "uint8", shape: [2 ** 32] }, endless, "arrays.a")).rejects.toMatchObject({
    problem: { reason: "PICKLE_ARRAY_TOO_LARGE", field: "arrays.a", got: "4294967296 bytes with protocol 3" },
  });
});

test.each([2, 3, 4, 5] as const)("arrays around the size of a frame, protocol %i", async (protocol) => {
  const lengths = [0, 1, 2, 255, 256, 65_535, 65_536, 200_000];
  const { file, sink } = await fileOf(protocol);
  await file.begin();
  const { pickler } = file;
  pickler.code(op.emptyList);
  pickler.memoize();
  const values = lengths.map((length) => Uint8Array.from({ length }, (_, index) => (index * 31) >> 2));
  for (const index of pickler.items(lengths.length, "appends")) {
    const bytes = values[index] as Uint8Array;
    const pieces = () => [bytes.subarray(0, 1000), bytes.subarray(1000)];
    await file.array({ dataType: "uint8", shape: [bytes.length] }, { length: bytes.length, pieces }, "arrays.a");
  }
  await file.end(0);
  await sink.prepare();
  const found = unpickle(sink.files.get("a.pkl") as Uint8Array) as unknown[];
  expect(found).toHaveLength(values.length);
  expect(found.every((array, index) => Buffer.from(values[index]!).equals(arrayOf(array).bytes))).toBe(true);
});
