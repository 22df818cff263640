import type { ArtifactSink } from "@sluice/core";
import type { Container, MovieFacts } from "./container.ts";
import type { DelayRule } from "./delays.ts";
import { encodeOnThread } from "./lzw-threads.ts";

/** Hundredths of a second. Browsers show frames of 0 and 0.01 s for 0.1 s. */
export const gifDelays: DelayRule = { ticksPerSecond: 100, leastTicks: 2, mostTicks: 65_535 };

/** Bytes around the image data of a frame: graphic control extension and image descriptor. */
export const gifFrameHeadBytes = 18;

/** A GIF89a with one palette for all frames, written from front to back. */
export async function gifContainer(sink: ArtifactSink, facts: MovieFacts): Promise<Container> {
  const writer = await sink.create(`${facts.name}.gif`, "image/gif", { appendOnly: true });
  await writer.write(gifHead(facts));
  let rawBytes = 0;
  let storedBytes = 0;
  return {
    rule: gifDelays,
    encode: encodeOnThread,
    append: async (frame, ticks) => {
      rawBytes += facts.width * facts.height;
      storedBytes += frame.length;
      await writer.write(frameHead(facts, ticks));
      await writer.write(frame);
    },
    finish: async () => {
      await writer.write(Uint8Array.of(0x3b));
      const reason = "GIF knows no other.";
      await writer.close({ formatVersion: "GIF89a", encoding: { codec: "lzw", reason, rawBytes, storedBytes } });
    },
  };
}

/** Header, logical screen, global color table, loop and comment (GIF89a, sections 17 to 19, 24 and 26). */
function gifHead({ width, height, palette, loop, comment }: MovieFacts): Uint8Array {
  // Global color table of 256 entries, 8 bits for each color.
  const screen = [...uint16(width), ...uint16(height), 0xf7, 0, 0];
  return Buffer.concat([
    Buffer.from("GIF89a", "latin1"),
    Uint8Array.from(screen),
    palette,
    loopExtension(loop),
    comment === "" ? new Uint8Array(0) : Buffer.concat([Uint8Array.of(0x21, 0xfe), ...subBlocks(comment)]),
  ]);
}

/** NETSCAPE2.0 tells how often the movie is repeated after the first time, 0: for ever; without it, it is played once. */
function loopExtension(loop: number): Uint8Array {
  if (loop === 1) return new Uint8Array(0);
  const repeats = loop === 0 ? 0 : loop - 1;
  const name = Buffer.from("NETSCAPE2.0", "latin1");
  return Uint8Array.from([0x21, 0xff, name.length, ...name, 3, 1, ...uint16(repeats), 0]);
}

function subBlocks(text: string): Uint8Array[] {
  const bytes = Buffer.from(text, "latin1");
  const count = Math.ceil(bytes.length / 255);
  const blocks = Array.from({ length: count }, (_, index) => {
    const block = bytes.subarray(255 * index, 255 * (index + 1));
    return Buffer.concat([Uint8Array.of(block.length), block]);
  });
  return [...blocks, Uint8Array.of(0)];
}

/** Graphic control extension (the frame stays, no transparency) and image descriptor (sections 23 and 20). */
function frameHead({ width, height }: MovieFacts, ticks: number): Uint8Array {
  const control = [0x21, 0xf9, 4, 1 << 2, ...uint16(ticks), 0, 0];
  return Uint8Array.from([...control, 0x2c, 0, 0, 0, 0, ...uint16(width), ...uint16(height), 0]);
}

function uint16(value: number): [number, number] {
  return [value & 255, value >> 8];
}
