import { expect, test } from "@jest/globals";
import { parseSettings } from "./settings.ts";

test("values are JSON where they can be, else text", () => {
  const settings = parseSettings(
    [
      "ome-tiff.level=6",
      "ome-tiff.compression=none",
      'ome-tiff.label="7"',
      "ome-tiff.bigTiff=true",
      "input.values=raw",
      "ome-tiff.note=a=b.c",
    ],
    ["ome-tiff", "input"],
  );
  expect(settings.get("ome-tiff")).toEqual({ level: 6, compression: "none", label: "7", bigTiff: true, note: "a=b.c" });
  expect(settings.get("input")).toEqual({ values: "raw" });
});

test.each([
  ["nonsense", "FORMAT.OPTION=VALUE"],
  ["gif.loop=1", 'does not write "gif"'],
])("%j is refused", (text, reason) => {
  expect(() => parseSettings([text], ["ome-tiff"])).toThrow(reason);
});

test("an option cannot be set twice", () => {
  expect(() => parseSettings(["a.b=1", "a.b=2"], ["a"])).toThrow("set twice");
});
