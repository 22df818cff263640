import { expect, test } from "@jest/globals";
import { Origin } from "@sluice/proto";
import type { FrameTimes } from "./frame-times.ts";
import { timestampOf } from "./timestamp.ts";

function textOf(template: string, seconds: readonly number[], index: number, known = true): string {
  const origin = { field: "gif.delays", origin: Origin.ORIGIN_DERIVED, detail: "" };
  const times: FrameTimes = { secondsAt: (frame) => seconds[frame] as number, known, origin, warnings: [] };
  return timestampOf(template, times, seconds.length)(index);
}

test("auto: as many decimals as tell frames apart, none for whole seconds", () => {
  expect(textOf("auto", [0, 1, 2], 2)).toBe("t = 2 s");
  expect(textOf("auto", [0, 0.5, 1], 1)).toBe("t = 0.5 s");
  expect(textOf("auto", [0, 3.275, 6.55], 1)).toBe("t = 3.27 s");
  expect(textOf("auto", [0, 0.0333, 0.0666], 2)).toBe("t = 0.067 s");
  expect(textOf("auto", [0, 1e-5, 2e-5], 1)).toBe("t = 0.000010 s");
  expect(textOf("{t:2}", [-0.001, 1], 0)).toBe("0.00");
  expect(textOf("auto", [0, 1], 1, false)).toBe("frame 1");
});

test("templates", () => {
  expect(textOf("{ms} ms", [0, 0.25], 1)).toBe("250 ms");
  expect(textOf("{min:1} min, #{frame}", [0, 90], 1)).toBe("1.5 min, #1");
  expect(textOf("{t:3}", [0, 0.5], 1)).toBe("0.500");
  expect(textOf("sample A", [0, 1], 1)).toBe("sample A");
});
