import { type ArtifactSink, Code, SluiceError } from "@sluice/core";
import type { Container, MovieFacts } from "./container.ts";
import type { DelayRule } from "./delays.ts";

/** Milliseconds. Browsers show frames of up to 0.01 s for 0.1 s. */
const webpDelays: DelayRule = { ticksPerSecond: 1000, leastTicks: 11, mostTicks: 0xff_ffff };

/** RIFF counts the bytes of a file in 32 bits. */
const mostFileBytes = 0xffff_fffe;

/**
 * An animated, lossless WebP (RFC 9649): sharp encodes each frame by itself, so that no more than the frames at work
 * are held; its head is rewritten with the size of the file.
 */
export async function webpContainer(sink: ArtifactSink, facts: MovieFacts): Promise<Container> {
  const { width, height, palette, loop } = facts;
  const { default: sharp } = await import("sharp");
  const writer = await sink.create(`${facts.name}.webp`, "image/webp");
  await writer.write(webpHead(facts, 0));
  let rawBytes = 0;
  let storedBytes = 0;
  return {
    rule: webpDelays,
    encode: async (pixels) => {
      const colors = new Uint8Array(3 * pixels.length);
      for (const [index, pixel] of pixels.entries()) {
        colors[3 * index] = palette[3 * pixel] as number;
        colors[3 * index + 1] = palette[3 * pixel + 1] as number;
        colors[3 * index + 2] = palette[3 * pixel + 2] as number;
      }
      const image = sharp(colors, { raw: { width, height, channels: 3 } });
      return losslessChunk(await image.webp({ lossless: true, effort: 2 }).toBuffer());
    },
    append: async (frame, ticks) => {
      rawBytes += 3 * width * height;
      storedBytes += frame.length;
      // Place 0, 0; drawn over what was there (flag bit 1), which stays afterwards.
      const place = Buffer.concat(
        [uint24(0), uint24(0), uint24(width - 1), uint24(height - 1), uint24(ticks), [2]].map(bytesOf),
      );
      const frameBytes = riffChunk("ANMF", Buffer.concat([place, frame]));
      if (writer.position + frameBytes.length > mostFileBytes) throw tooLarge();
      await writer.write(frameBytes);
    },
    finish: async () => {
      await writer.rewriteHead(webpHead(facts, writer.position));
      const reason = "Lossless.";
      await writer.close({ formatVersion: "WebP", encoding: { codec: "vp8l", reason, rawBytes, storedBytes } });
    },
  };

  function webpHead({ width: columns, height: rows }: MovieFacts, fileBytes: number): Uint8Array {
    const animated = 2;
    const extended = Buffer.concat([[animated, 0, 0, 0], uint24(columns - 1), uint24(rows - 1)].map(bytesOf));
    const animation = Buffer.from([0, 0, 0, 255, loop & 255, loop >> 8]);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(Math.max(0, fileBytes - 8));
    return Buffer.concat([
      Buffer.from("RIFF", "latin1"),
      size,
      Buffer.from("WEBP", "latin1"),
      riffChunk("VP8X", extended),
      riffChunk("ANIM", animation),
    ]);
  }
}

/** The VP8L chunk of a still image, with its head and padding. */
function losslessChunk(file: Buffer): Uint8Array {
  for (let position = 12; position + 8 <= file.length; ) {
    const length = file.readUInt32LE(position + 4);
    const end = position + 8 + length + (length % 2);
    if (file.toString("latin1", position, position + 4) === "VP8L") return file.subarray(position, end);
    position = end;
  }
  throw new Error("The encoder gave no lossless image.");
}

function riffChunk(type: string, data: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length);
  return Buffer.concat([Buffer.from(type, "latin1"), length, data, new Uint8Array(data.length % 2)]);
}

function uint24(value: number): number[] {
  return [value & 255, (value >> 8) & 255, value >> 16];
}

function bytesOf(values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

function tooLarge(): SluiceError {
  return new SluiceError({
    reason: "ARTIFACT_TOO_LARGE",
    message: "The movie does not fit a WebP.",
    field: "options.container",
    got: "more than 4 GiB",
    allowed: ["up to 4 GiB"],
    remedy: "Use container gif, or a smaller scale.",
    grpcCode: Code.OUT_OF_RANGE,
  });
}
