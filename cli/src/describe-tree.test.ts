import { expect, test } from "@jest/globals";
import { describeTree } from "./describe-tree.ts";

test("tells every kind of object in a line, with its attributes below", () => {
  const text = describeTree({
    name: "/",
    kind: "group",
    attributes: [
      { name: "rate", type: "float64", shape: [], value: 30 },
      { name: "table", type: "int8", shape: [9, 9] },
      { name: "none", type: "text", shape: null, value: null },
      { name: "odd", type: "floats of 16 bytes", shape: [], unreadable: "floats of 16 bytes are not supported" },
    ],
    children: [
      {
        name: "data",
        kind: "group",
        children: [
          {
            name: "movie",
            kind: "dataset",
            type: "uint16",
            shape: [4, 512, 512],
            maxShape: [null, 512, 512],
            chunks: [1, 512, 512],
            filters: ["shuffle", "deflate"],
            bytes: 2_097_152,
          },
          { name: "up", kind: "group", sameAs: "/" },
        ],
        hidden: 7,
      },
      { name: "nothing", kind: "dataset", type: "text", shape: null },
      { name: "scalar", kind: "dataset", type: "int8", shape: [], bytes: 1 },
      { name: "link", kind: "soft-link", target: "/data/movie", leadsTo: "dataset" },
      { name: "broken", kind: "soft-link", target: "/lost" },
      { name: "outside", kind: "external-link", target: "other.h5:/x" },
      { name: "type", kind: "datatype" },
      { name: "bad\u001b[2J", kind: "group", problem: "wrong signature" },
    ],
  });
  expect(text.split("\n")).toEqual([
    "  /",
    "    @rate 30",
    "    @table int8 [9, 9]",
    "    @none empty text",
    "    @odd cannot be read: floats of 16 bytes are not supported",
    "    data/",
    "      movie: uint16 [4, 512, 512], up to [any, 512, 512], chunks of [1, 512, 512], shuffle + deflate, 2.10 MB",
    "      up/: the same as /",
    "      ... and 7 more; --all shows them",
    "    nothing: text, empty",
    "    scalar: int8 [], 1 B",
    "    link -> /data/movie",
    "    broken -> /lost, which is not there",
    "    outside -> other.h5:/x, in another file",
    "    type: datatype",
    '    "bad\\u001b[2J"/: group that cannot be read, wrong signature',
  ]);
});
