import { describe, expect, jest, test } from "@jest/globals";
import { imageOf } from "@sluice/core";
import { omeTiffLoader } from "@sluice/ome-tiff";
import type { Axis } from "@sluice/proto";
import { testUnless } from "../harness/availability.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";
import { arraysOf, frameTimes, pixelSizeNm, sha256 } from "../harness/stream-values.ts";

/** What `scripts/write_tiff.py` says of a file that it wrote. */
interface Written {
  readonly name: string;
  readonly path: string;
  readonly dataType: string;
  readonly axes: string;
  readonly shape: readonly number[];
  readonly sha256: string;
  /** [x, y] */
  readonly pixelSizeNm?: readonly [number, number];
  readonly timesSeconds?: readonly number[];
  readonly channels?: readonly string[];
}

jest.setTimeout(120_000);
const python = await pythonEnvironment();
const scratch = useScratch();
const files = python.obstacle ? [] : await python.ask<Written[]>("scripts/write_tiff.py", scratch.folder);

describe("our loader reads what tifffile wrote", () => {
  if (python.obstacle) testUnless(python.obstacle)("every file", () => undefined);

  for (const file of files) {
    test(file.name, async () => {
      const stream = await omeTiffLoader.load(file.path, {});
      const image = imageOf(stream.header);
      const arrays = await arraysOf(stream);
      expect(image?.array.dataType).toBe(file.dataType);
      expect(longAxes(image?.array.axes ?? [])).toEqual(
        file.axes.split("").map((name, axis) => [name, file.shape[axis]]),
      );
      expect(sha256(arrays.get(image?.array.name ?? "") ?? new Uint8Array())).toBe(file.sha256);
      if (file.pixelSizeNm)
        expect(pixelSizeNm(stream)).toEqual(file.pixelSizeNm.map((size) => expect.closeTo(size, 9)));
      if (file.timesSeconds) {
        expect(frameTimes(stream, arrays)).toEqual(file.timesSeconds.map((time) => expect.closeTo(time, 9)));
      }
      if (file.channels) expect(image?.stack.channels.map(({ name }) => name)).toEqual(file.channels);
    });
  }
});

/** Names and sizes, without the outer axes of length 1, which a file cannot tell from axes that are not there. */
function longAxes(axes: readonly Axis[]): [string, number | undefined][] {
  const { length } = axes;
  return axes
    .filter(({ size }, index) => size !== 1 || index >= length - 2)
    .map(({ name, size }): [string, number | undefined] => [name, size]);
}
