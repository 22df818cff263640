import { promisify } from "node:util";
import { crc32, deflate } from "node:zlib";
import type { ArtifactSink } from "@sluice/core";
import type { Container, MovieFacts } from "./container.ts";

const deflateAsync = promisify(deflate);

/** PNG files hold no times: any delay goes. */
const anyDelay = { ticksPerSecond: 100, leastTicks: 0, mostTicks: Number.MAX_SAFE_INTEGER };

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** A PNG with a palette for each frame: NAME/NAME_0001.png, counted from 1. */
export async function pngContainer(sink: ArtifactSink, facts: MovieFacts): Promise<Container> {
  const { name, width, height, palette, comment } = facts;
  // 8 bits an index, color type 3 (PNG, section 11.2.1).
  const header = chunk("IHDR", Uint8Array.from([...uint32(width), ...uint32(height), 8, 3, 0, 0, 0]));
  const text = comment === "" ? [] : [chunk("tEXt", Buffer.from(`Comment\0${comment}`, "latin1"))];
  const head = Buffer.concat([signature, header, chunk("PLTE", palette), ...text]);
  let index = 0;
  return {
    rule: anyDelay,
    encode: async (pixels) => Buffer.concat([head, chunk("IDAT", await packed(pixels, width, height)), chunk("IEND")]),
    append: async (file) => {
      index++;
      const path = `${name}/${name}_${String(index).padStart(4, "0")}.png`;
      const writer = await sink.create(path, "image/png", { appendOnly: true });
      await writer.write(file);
      const encoding = {
        codec: "deflate",
        reason: "PNG knows no other.",
        rawBytes: width * height,
        storedBytes: file.length,
      };
      await writer.close({ formatVersion: "PNG 1.2", encoding });
    },
    finish: async () => undefined,
  };
}

/** Rows without a filter, which is best for indices (PNG, section 12.7), as a zlib stream. */
async function packed(pixels: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  const rows = new Uint8Array((width + 1) * height);
  for (let row = 0; row < height; row++) {
    rows.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  }
  return deflateAsync(rows, { level: 6 });
}

function chunk(type: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
