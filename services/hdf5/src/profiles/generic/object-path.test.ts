import { expect, test } from "@jest/globals";
import { linkName, objectPaths } from "./object-path.ts";

test("a name is its path; one that begins with another name and a slash is one link", () => {
  expect([...objectPaths(["image", "rois/F", "image/raw", "a%2Fb", "a/b", "images"]).entries()]).toEqual([
    ["image", "image"],
    ["rois/F", "rois/F"],
    ["image/raw", "image%2Fraw"],
    ["a%2Fb", "a%252Fb"],
    ["a/b", "a/b"],
    ["images", "images"],
  ]);
});

test("names that are no path", () => {
  expect(["", ".", "..", "a/b", "50%", "\0", "\ud800", "µ"].map(linkName)).toEqual([
    "%",
    "%2E",
    "%2E%2E",
    "a%2Fb",
    "50%25",
    "%00",
    "%D800",
    "µ",
  ]);
});
