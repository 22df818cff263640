import { closeSync, openSync, writeSync } from "node:fs";

/** Bytes of one frame of the file: 512 x 1024 values of uint16. */
const npyFrameBytes = 1024 * 1024;

/** Writes a `.npy` file of so many MiB, one uint16 frame of 512 x 1024 each; every frame is another one. */
export function writeLargeNpy(path: string, frames: number): void {
  const text = `{'descr': '<u2', 'fortran_order': False, 'shape': (${frames}, 512, 1024), }`;
  const header = Buffer.alloc(128, " ");
  header.write("\u0093NUMPY\u0001\u0000", "latin1");
  header.writeUInt16LE(118, 8);
  header.write(text, 10, "latin1");
  header.write("\n", 127);
  const file = openSync(path, "wx");
  try {
    writeSync(file, header);
    const frame = Buffer.from(Uint8Array.from({ length: npyFrameBytes }, (_, index) => (index * 7919) >>> (index % 5)));
    for (let index = 0; index < frames; index += 1) {
      frame.writeUInt32LE(index, (index * 4096) % npyFrameBytes);
      writeSync(file, frame);
    }
  } finally {
    closeSync(file);
  }
}
