import { expect, test } from "@jest/globals";
import { type ArtifactDetails, type ArtifactWriter, Stopwatch } from "@sluice/core";
import { layOut } from "./layout.ts";
import { pixelTypeOf } from "./pixel-type.ts";
import { classicLimit, TiffFile } from "./tiff-file.ts";

/** A writer that begins far into a file, keeps what is written there, and the head. */
class FarWriter implements ArtifactWriter {
  position: number;
  readonly start: number;
  head = new Uint8Array(0);
  details: ArtifactDetails | undefined;
  readonly #pieces: Uint8Array[] = [];

  constructor(start: number) {
    this.start = start;
    this.position = start;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#pieces.push(bytes.slice());
    this.position += bytes.length;
  }

  async rewriteHead(bytes: Uint8Array): Promise<void> {
    this.head = bytes.slice();
  }

  async close(details?: ArtifactDetails): Promise<void> {
    this.details = details;
  }
}

const layout = layOut({ width: 4, height: 2, itemBytes: 1, tileSize: 0, reducedLevels: 0 });
const style = { layout, pixel: pixelTypeOf("uint8")!, compression: 1, predictor: 1, resolution: undefined };
const texts = { description: ["<OME/>"], software: "Sluice", time: new Date(0), others: [] };
const encoding = { codec: "none", reason: "", rawBytes: 8, storedBytes: 8 };

async function write(start: number, big: boolean | "auto") {
  const writer = new FarWriter(start);
  const file = new TiffFile(writer, new Stopwatch(), 1, big);
  await file.append({ plane: 0, index: 0, width: 4, bytes: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
  await file.finish(style, 1, texts, encoding);
  return writer;
}

test("classic TIFF as long as offsets fit, BigTIFF beyond", async () => {
  const near = await write(1000, "auto");
  expect(near.details?.formatVersion).toBe("OME-TIFF 2016-06, classic TIFF");
  expect(near.head[2]).toBe(42);
  const far = await write(classicLimit - 64, "auto");
  expect(far.details?.formatVersion).toBe("OME-TIFF 2016-06, BigTIFF");
  expect(far.head[2]).toBe(43);
  const directory = Number(new DataView(far.head.buffer).getBigUint64(8, true)) - far.start;
  const entries = Number(far.bytes.readBigUInt64LE(directory));
  const offsets = Array.from({ length: entries }, (_, index) => directory + 8 + 20 * index).find(
    (at) => far.bytes.readUInt16LE(at) === 273,
  )!;
  expect(far.bytes.readUInt16LE(offsets + 2)).toBe(16);
  expect(Number(far.bytes.readBigUInt64LE(offsets + 12))).toBe(far.start);
});

test("a classic file that grows too large fails as soon as it does", async () => {
  await expect(write(classicLimit - 4, false)).rejects.toThrow("TIFF_TOO_LARGE");
  await expect(write(classicLimit - 200, false)).rejects.toThrow("TIFF_TOO_LARGE");
});

test("a small file, byte by byte", async () => {
  const { bytes, head } = await write(16, false);
  const description = 16 + 8;
  const software = description + 8;
  const time = software + 8;
  const first = 64;
  expect(Buffer.from(head).toString("hex")).toBe("49492a00400000000000000000000000");
  expect(bytes.subarray(0, description - 16).toString("hex")).toBe("0102030405060708");
  expect(bytes.subarray(description - 16, software - 16).toString("latin1")).toBe("<OME/>\0\0");
  expect(bytes.subarray(software - 16, time - 16).toString("latin1")).toBe("Sluice\0\0");
  expect(bytes.subarray(time - 16, time + 20 - 16).toString("latin1")).toBe("1970:01:01 00:00:00\0");
  const field = (tag: number, type: number, count: number, value: number) => {
    const entry = Buffer.alloc(12);
    entry.writeUInt16LE(tag, 0);
    entry.writeUInt16LE(type, 2);
    entry.writeUInt32LE(count, 4);
    entry.writeUInt32LE(value, 8);
    return entry.toString("hex");
  };
  expect(bytes.subarray(first - 16).toString("hex")).toBe(
    [
      "0f00",
      field(254, 4, 1, 0),
      field(256, 4, 1, 4),
      field(257, 4, 1, 2),
      field(258, 3, 1, 8),
      field(259, 3, 1, 1),
      field(262, 3, 1, 1),
      field(270, 2, 7, description),
      field(273, 4, 1, 16),
      field(277, 3, 1, 1),
      field(278, 4, 1, 2),
      field(279, 4, 1, 8),
      field(284, 3, 1, 1),
      field(305, 2, 7, software),
      field(306, 2, 20, time),
      field(339, 3, 1, 1),
      "00000000",
      // Up to the next multiple of 8, where another directory would begin.
      "000000000000",
    ].join(""),
  );
});
