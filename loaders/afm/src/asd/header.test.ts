import { expect, test } from "@jest/globals";
import { SluiceError } from "@sluice/core";
import * as fc from "fast-check";
import { type AsdFile, writeAsd } from "../testing/write-asd.ts";
import { announcedBytes, readHeader } from "./header.ts";

const channels = [[[1, 2, 3, 4, 5, 6]]];

function problemOf(bytes: Uint8Array, fileBytes = bytes.length) {
  try {
    readHeader(bytes, fileBytes);
  } catch (error) {
    if (error instanceof SluiceError) return error.problem;
    throw error;
  }
  throw new Error("no problem");
}

test.each([
  ["x_pixels", 0, "x_pixels @ byte 48"],
  ["y_pixels", -3, "y_pixels @ byte 52"],
  ["num_frames", 0, "num_frames @ byte 36"],
  ["user_name_size", -1, "user_name_size @ byte 16"],
  ["comment_size", 2 ** 30, "comment_size @ byte 20"],
])("refuses %s %d and names its byte", (name, value, field) => {
  const bytes = writeAsd({ version: 1, channels });
  const at = Number(field.split(" ").at(-1));
  Buffer.from(bytes.buffer).writeInt32LE(value, at);
  expect(problemOf(bytes)).toMatchObject({ reason: "ASD_FIELD_INVALID", field, got: String(value) });
});

test("refuses an unknown version", () => {
  const bytes = writeAsd({ version: 1, channels });
  bytes[0] = 3;
  expect(problemOf(bytes)).toMatchObject({
    reason: "ASD_VERSION_UNKNOWN",
    field: "version @ byte 0",
    got: "3",
    allowed: ["0", "1", "2"],
  });
});

test("names the field in which a file ends", () => {
  const bytes = writeAsd({ version: 1, channels });
  expect(problemOf(bytes.subarray(0, 50))).toMatchObject({
    reason: "ASD_TRUNCATED",
    field: "x_pixels @ byte 48",
    got: "2 bytes",
    allowed: ["4 bytes"],
  });
  expect(problemOf(new Uint8Array(0))).toMatchObject({ reason: "ASD_TRUNCATED", field: "version @ byte 0" });
});

test("believes the size of the file where header_length is wrong", () => {
  const bytes = writeAsd({ version: 1, fields: { header_length: 100 }, channels });
  expect(readHeader(bytes, bytes.length).dataStart).toBe(165);
  expect(problemOf(bytes.subarray(0, -1))).toMatchObject({
    reason: "ASD_HEADER_INCONSISTENT",
    field: "header_length @ byte 4",
    got: `header_length 100 in a file of ${bytes.length - 1} bytes`,
    allowed: ["header_length 165", `a file of ${bytes.length} bytes`],
  });
});

test("takes a wrong header_length of version 0 as it is known to be", () => {
  const bytes = writeAsd({ version: 0, fields: { header_length: 100 }, channels });
  expect(readHeader(bytes, bytes.length - 1)).toMatchObject({ version: 0, frames: 1, width: 3, height: 2 });
});

test("refuses another length of frame headers unless the size of the file proves it wrong", () => {
  const bytes = writeAsd({ version: 1, fields: { frame_header_length: 64 }, channels });
  expect(readHeader(bytes, bytes.length).frameBytes).toBe(44);
  expect(problemOf(bytes, bytes.length + 1)).toMatchObject({
    reason: "ASD_FIELD_INVALID",
    field: "frame_header_length @ byte 8",
    got: "64",
    allowed: ["32"],
  });
});

test.each([0, 1])("tells the two layouts of version 2 apart (%d)", (layout) => {
  const fields: AsdFile["fields"] = {
    x_feed_forward_double: 1.5,
    red_anchors: [
      [1, 2],
      [3, 4],
    ],
    blue_anchors: [[5, 6]],
    is_x_feed_forward: 1,
  };
  const bytes = writeAsd({ version: 2, layout, fields, channels });
  const header = readHeader(bytes, bytes.length);
  expect(header.dataStart).toBe(165 + 36 + layout + 24);
  expect(header.fields.number("x_feed_forward_double")).toBe(1.5);
  expect([...header.fields.entries()].find(([name]) => name === "red_anchors")?.[1].value).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test("reads back what the writer wrote, for any size and text", () => {
  const sizes = fc.record({
    version: fc.constantFrom(0, 1, 2),
    width: fc.integer({ min: 1, max: 9 }),
    height: fc.integer({ min: 1, max: 9 }),
    frames: fc.integer({ min: 1, max: 4 }),
    name: fc.string({ maxLength: 20 }).filter((text) => /^[\x20-\x7e]*$/.test(text)),
  });
  fc.assert(
    fc.property(sizes, ({ version, width, height, frames, name }) => {
      const levels = Array.from({ length: frames }, () => Array.from({ length: width * height }, () => 7));
      const bytes = writeAsd({
        version: version,
        fields: { x_pixels: width, y_pixels: height, user_name: name, channel2: "ER" },
        channels: [levels, levels],
      });
      const header = readHeader(bytes, bytes.length);
      expect(header).toMatchObject({ version, width, height, frames });
      expect(Buffer.from(header.fields.bytes("user_name")).toString("latin1")).toBe(name);
      expect(announcedBytes(header)).toBe(bytes.length);
    }),
    { numRuns: 200 },
  );
});
