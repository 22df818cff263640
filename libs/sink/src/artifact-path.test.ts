import { expect, test } from "@jest/globals";
import { ArtifactPaths, checkArtifactPath } from "./artifact-path.ts";

test.each([
  "stack.ome.tif",
  "phy/spike_times.npy",
  "stack.zarr/.zattrs",
  "Zelle Ä 3 µm (2).tif",
  "console.txt",
  "com10",
  "notes.part",
  "x".repeat(255),
])("takes %j", (path) => {
  expect(() => checkArtifactPath(path)).not.toThrow();
});

test.each([
  ["", "is empty"],
  ["/etc/passwd", "is absolute"],
  ["..", "lead to another folder"],
  ["a/../../b", "lead to another folder"],
  ["./a", "lead to another folder"],
  ["a//b", "name that is empty"],
  ["a/", "name that is empty"],
  ["a\u0000b", "control character"],
  ["a\nb", "control character"],
  ["C:\\a", "Windows cannot store"],
  ["a\\..\\b", "Windows cannot store"],
  ["a:stream", "Windows cannot store"],
  ["what?", "Windows cannot store"],
  ["NUL", "device"],
  ["aux.tif", "device"],
  ["x/com1.txt", "device"],
  ["LPT²", "device"],
  ["a.", "dot or a space"],
  ["a ", "dot or a space"],
  ["a/b /c", "dot or a space"],
  ["\ud800", "half a character"],
  [".stack.tif.0123456789abcdef.part", "unfinished"],
  ["ä".repeat(128), "more than 255 bytes"],
])("refuses %j", (path, fault) => {
  expect(() => checkArtifactPath(path)).toThrow(fault);
  expect(() => checkArtifactPath(path)).toThrow("ARTIFACT_PATH_INVALID");
});

test.each([
  ["a.tif", "A.TIF"],
  ["ä", "a\u0308"],
  ["a", "a/b"],
  ["a/b", "A"],
  ["a/b/c", "a/b"],
])("refuses %j beside %j", (first, second) => {
  const paths = new ArtifactPaths();
  paths.claim(first);
  expect(() => paths.claim(second)).toThrow("ARTIFACT_PATH_TAKEN");
});

test("takes neighbours in one folder", () => {
  const paths = new ArtifactPaths();
  for (const path of ["a/b", "a/c", "a/d/e", "a.b", "ab"]) expect(() => paths.claim(path)).not.toThrow();
});
