import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { asBytes, asElements, checkHeader, type DataType, digestsOf, SluiceError, verify } from "@sluice/core";
import { collect, memoryStream } from "@sluice/core/testing";
import type { Frame } from "@sluice/proto";
import { withFile } from "@sluice/source/testing";
import { npzLoader } from "./loader.ts";
import { exportToMemory } from "./testing/export-to-memory.ts";
import { npyFile, zipFile } from "./testing/foreign-files.ts";

const movie = {
  name: "image",
  dataType: "uint16" as const,
  shape: [4, 6, 7],
  data: Uint16Array.from({ length: 168 }, (_, index) => 300 + (index % 5)),
};

/** Elements of the dense arrays by name. */
async function valuesOf(path: string, options = {}): Promise<Record<string, number[]>> {
  const { header, frames } = await npzLoader.load(path, options);
  expect(checkHeader(header)).toEqual([]);
  const names = new Map(header.arrays.map(({ arrayId, name, dataType }) => [arrayId, { name, dataType }]));
  const values: Record<string, number[]> = {};
  for (const { content } of await collect<Frame>(frames)) {
    if (content?.$case !== "chunk") continue;
    const { name, dataType } = names.get(content.value.arrayId)!;
    (values[name] ??= []).push(...Array.from(asElements(dataType as DataType, content.value.data), Number));
  }
  return values;
}

test("knows its files by their first bytes", () => {
  const head = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
  expect(npzLoader.recognises("a.npz", head("PK\x03\x04"))).toBe(true);
  expect(npzLoader.recognises("a.NPZ", head("PK\x05\x06"))).toBe(true);
  expect(npzLoader.recognises("a.zip", head("PK\x03\x04"))).toBe(false);
  expect(npzLoader.recognises("a.bin", head("\x93NUMPY\x01"))).toBe(true);
  expect(npzLoader.recognises("a.npy", head("numbers"))).toBe(false);
});

test.each([1, 2, 3] as const)("headers of version %d.0", async (version) => {
  const bytes = npyFile("'<i4'", [2, 3], asBytes(Int32Array.of(1, 2, 3, 4, 5, -6)), { version });
  await withFile(
    bytes,
    async (path) => {
      expect(await valuesOf(path)).toEqual({ numbers: [1, 2, 3, 4, 5, -6] });
      const { header } = await npzLoader.load(path, { axes: "yx" });
      expect(header.dataset).toMatchObject({ name: "numbers", imageStacks: [{ imageArray: "numbers" }] });
      expect(header.arrays[0]?.axes.map(({ name, size }) => [name, size])).toEqual([
        ["y", 2],
        ["x", 3],
      ]);
    },
    "numbers.npy",
  );
});

test("big-endian numbers are turned", async () => {
  const wide = new DataView(new ArrayBuffer(16));
  wide.setFloat64(0, 1.5);
  wide.setFloat64(8, -2);
  const pair = new DataView(new ArrayBuffer(8));
  pair.setFloat32(0, 3);
  pair.setFloat32(4, 4);
  const bytes = zipFile({
    "wide.npy": npyFile("'>f8'", [2], new Uint8Array(wide.buffer)),
    "complex.npy": npyFile("'>c8'", [1], new Uint8Array(pair.buffer)),
    "short.npy": npyFile("'>u2'", [2], Uint8Array.of(1, 2, 3, 4)),
  });
  await withFile(bytes, async (path) => {
    expect(await valuesOf(path)).toEqual({ wide: [1.5, -2], complex: [3, 4], short: [258, 772] });
  });
});

test("Fortran order becomes C order", async () => {
  const shape = [2, 3, 4];
  const fortran = new Int16Array(24);
  for (let a = 0; a < 2; a++)
    for (let b = 0; b < 3; b++) for (let c = 0; c < 4; c++) fortran[a + 2 * (b + 3 * c)] = 100 * a + 10 * b + c;
  const bytes = zipFile({ "a.npy": npyFile("'<i2'", shape, asBytes(fortran), { fortranOrder: true }) });
  const expected = [0, 1].flatMap((a) => [0, 1, 2].flatMap((b) => [0, 1, 2, 3].map((c) => 100 * a + 10 * b + c)));
  await withFile(bytes, async (path) => expect(await valuesOf(path)).toEqual({ a: expected }));
});

test("rows, texts and single values: tables and records", async () => {
  const row = new DataView(new ArrayBuffer(2 * 20));
  for (const index of [0, 1]) {
    row.setFloat64(20 * index, index + 0.5, true);
    row.setInt16(20 * index + 8, 10 + index);
    row.setInt16(20 * index + 10, 20 + index);
    row.setUint32(20 * index + 12, 0x41 + index, true);
    row.setUint32(20 * index + 16, index === 0 ? 0 : 0x1f600, true);
  }
  const ucs4 = (text: string) => asBytes(Uint32Array.from(text, (character) => character.codePointAt(0)!));
  const bytes = zipFile({
    "rows.npy": npyFile("[('t', '<f8'), ('xy', '>i2', (2,)), ('label', '<U2')]", [2], new Uint8Array(row.buffer)),
    "names.npy": npyFile("'|S3'", [2], new Uint8Array(Buffer.from("ab\0\0\0\0"))),
    "title.npy": npyFile("'<U4'", [], ucs4("α-😀\0")),
    "count.npy": npyFile("'<i8'", [], asBytes(BigInt64Array.of(2n ** 60n))),
    "size.npy": npyFile("'<f4'", [], asBytes(Float32Array.of(0.5))),
    "times.npy": npyFile("'<M8[us]'", [1], asBytes(BigInt64Array.of(5n))),
  });
  await withFile(bytes, async (path) => {
    const { header, frames } = await npzLoader.load(path, {});
    expect(checkHeader(header)).toEqual([]);
    expect(header.dataset.records).toEqual({ title: "α-😀", count: String(2n ** 60n), size: 0.5 });
    expect(header.arrays).toMatchObject([
      { name: "times", dataType: "int64", unit: "us", attributes: { numpy: "<M8[us]" } },
    ]);
    expect(header.tables).toMatchObject([
      {
        name: "rows",
        rows: 2,
        columns: [
          { name: "t", dataType: "float64" },
          { name: "xy_0", dataType: "int16" },
          { name: "xy_1", dataType: "int16" },
          { name: "label", dataType: "string" },
        ],
      },
      { name: "names", rows: 2, columns: [{ name: "value", dataType: "string" }] },
    ]);
    const batches = (await collect(frames)).flatMap(({ content }) =>
      content?.$case === "batch" ? [content.value] : [],
    );
    const [rows, names] = batches;
    expect([...asElements("float64", rows!.columns[0]!.data)]).toEqual([0.5, 1.5]);
    expect([...asElements("int16", rows!.columns[1]!.data)]).toEqual([10, 11]);
    expect([...asElements("int16", rows!.columns[2]!.data)]).toEqual([20, 21]);
    expect(Buffer.from(rows!.columns[3]!.data).toString()).toBe("AB😀");
    expect([...asElements("int32", rows!.columns[3]!.offsets)]).toEqual([0, 1, 6]);
    expect(Buffer.from(names!.columns[0]!.data).toString()).toBe("ab");
    await digestsOf(await npzLoader.load(path, {}));
  });
});

test("what cannot be read is refused by its name, and can be left out", async () => {
  const bytes = zipFile({
    "good.npy": npyFile("'|u1'", [2], Uint8Array.of(1, 2)),
    "bad.npy": npyFile("'|O'", [1], new Uint8Array(Buffer.from("gARLAS4=", "base64"))),
  });
  await withFile(bytes, async (path) => {
    const refused = await npzLoader.load(path, {}).catch((error: SluiceError) => error.problem);
    expect(refused).toMatchObject({ reason: "PICKLED_MEMBER", field: "bad", remedy: expect.stringContaining("keys") });
    expect(await valuesOf(path, { keys: "good" })).toEqual({ good: [1, 2] });
    await expect(npzLoader.load(path, { keys: "good,other" })).rejects.toThrow("KEY_MISSING");
    await expect(npzLoader.load(path, { axes: "yxz" })).rejects.toThrow("OPTION_INVALID");
    await expect(npzLoader.load(`${path}.gone`, {})).rejects.toThrow("SOURCE_MISSING");
  });
  const odd = {
    long: npyFile("'<f16'", [1], new Uint8Array(16)),
    empty: npyFile("'|u1'", [2, 0], new Uint8Array(0)),
    square: npyFile("'<U1'", [1, 1], new Uint8Array(4)),
    fields: npyFile("[('a', 'u1', (100000000,))]", [0], new Uint8Array(0)),
  };
  for (const [name, file] of Object.entries(odd)) {
    await withFile(zipFile({ [`${name}.npy`]: file }), async (path) => {
      await expect(npzLoader.load(path, {})).rejects.toThrow(/NPY_(TYPE|SHAPE)_UNSUPPORTED/);
    });
  }
  const noCharacter = npyFile("'<U1'", [1], Uint8Array.of(0, 0, 0x11, 0));
  await withFile(zipFile({ "names.npy": noCharacter }), async (path) => {
    await expect(npzLoader.load(path, {}).then(digestsOf)).rejects.toThrow("FILE_DAMAGED (names)");
  });
});

test("an array that was changed since is not taken for the one of the record; one that was added is read too", async () => {
  const { bytes } = await exportToMemory(memoryStream([movie], { imageStack: {} }), { compressed: false });
  await withFile(bytes, async (path) => {
    const [spec] = (await npzLoader.load(path, {})).header.arrays;
    expect(spec?.axes.map(({ name }) => name)).toEqual(["t", "y", "x"]);
    const { header } = await npzLoader.load(path, { profile: "generic" });
    expect(header.arrays[0]?.axes[0]?.name).toBe("dim_0");
    expect(Object.keys(header.dataset.records!)).toEqual(["sluice_json"]);
  });
  const record = memberOf(bytes, "sluice_json");
  const other = { "image.npy": npyFile("'<u2'", [1, 6, 7], new Uint8Array(84)), "sluice_json.npy": record };
  await withFile(zipFile(other), async (path) => {
    expect((await npzLoader.load(path, {})).header.arrays[0]?.axes[0]?.name).toBe("dim_0");
  });
  const image = npyFile("'<u2'", [4, 6, 7], asBytes(movie.data));
  const more = { "image.npy": image, "sluice_json.npy": record, "mask.npy": npyFile("'|b1'", [1], Uint8Array.of(1)) };
  await withFile(zipFile(more), async (path) => {
    expect((await npzLoader.load(path, {})).header.arrays.map(({ name }) => name)).toEqual(["image", "mask"]);
    expect(await valuesOf(path)).toEqual({ image: [...movie.data], mask: [1] });
  });
});

/** A stored member of a file, found by its local header. */
function memberOf(bytes: Uint8Array, key: string): Uint8Array {
  const buffer = Buffer.from(bytes);
  const header = buffer.indexOf(`${key}.npy`) - 30;
  const start = header + 30 + buffer.readUInt16LE(header + 26) + buffer.readUInt16LE(header + 28);
  const size = Number(buffer.readBigUInt64LE(header + 30 + buffer.readUInt16LE(header + 26) + 4));
  return bytes.slice(start, start + size);
}

test("one byte changed: the values differ, or the file is damaged", async () => {
  const expected = await digestsOf(memoryStream([movie], { imageStack: {} }));
  const { bytes } = await exportToMemory(memoryStream([movie], { imageStack: {} }), { compressed: false });
  const damagedBytes = bytes.slice();
  damagedBytes[64 + 128 + 200]! ^= 1;
  await withFile(damagedBytes, async (path) => {
    await expect(npzLoader.load(path, {}).then((stream) => verify(expected, stream, "npz"))).rejects.toThrow(
      "another checksum",
    );
  });
});

test("damaged files end in a reason, never in a crash or an endless loop", async () => {
  const files = await Promise.all(
    [{}, { compressed: false }, { compressed: 6 }].map(
      async (options) => (await exportToMemory(memoryStream([movie], { imageStack: {} }), options)).bytes,
    ),
  );
  let state = 7;
  const random = (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  for (let round = 0; round < 150; round++) {
    const file = files[round % files.length]!;
    const bytes = file.slice(0, round % 4 === 0 ? random(file.length) : undefined);
    for (let change = random(5); change >= 0 && bytes.length > 0; change--) bytes[random(bytes.length)] = random(256);
    await withFile(bytes, async (path) => {
      const outcome = await npzLoader
        .load(path, {})
        .then(digestsOf)
        .catch((error: unknown) => error);
      if (!Array.isArray(outcome)) expect(outcome).toBeInstanceOf(SluiceError);
    });
  }
});

const shared = (name: string) => fileURLToPath(new URL(`../../../../shared/data/playnano/${name}`, import.meta.url));
const testWithPlayNano = existsSync(shared("pn_bundle_filtered.npz")) ? test : test.skip;
const reason = existsSync(shared("pn_bundle_filtered.npz")) ? "" : " (skipped: the files are not beside the project)";

testWithPlayNano(`bundles of playNano, pickled texts or not, and an .npy hold the same${reason}`, async () => {
  const [pickled, plain] = await Promise.all(
    ["pn_bundle_filtered.npz", "pn_bundle_filtered_nopickle.npz"].map(async (name) => ({
      stream: await npzLoader.load(shared(name), {}),
      values: await valuesOf(shared(name)),
    })),
  );
  expect(pickled!.values).toEqual(plain!.values);
  const { dataset, arrays } = pickled!.stream.header;
  expect(arrays.map(({ name }) => name)).toEqual([
    "image",
    "timestamps",
    "processed/raw",
    "processed/step_1_row_median_align",
    "masks/step_2_mask_threshold",
  ]);
  expect(dataset.imageStacks[0]).toMatchObject({ channels: [{ name: "height_trace" }], lineRateHz: 40 });
  expect(dataset.provenance?.steps.map(({ name }) => name)).toEqual(["row_median_align", "mask_threshold"]);
  expect(pickled!.values["timestamps"]).toEqual([0, 3.2, 6.4, 9.600000000000001]);
  const [alone] = Object.values(await valuesOf(shared("pn_bundle_data_4x12x10_f32.npy")));
  expect(pickled!.values["image"]).toEqual(alone);
});
