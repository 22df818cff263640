import { expect, test } from "@jest/globals";
import { ExportState, ExportSummary, Severity } from "@sluice/proto";
import { describeSummary, formatBytes } from "./print.ts";

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1536, "1.5 KiB"],
  [150 * 1024, "150 KiB"],
  [5_000_000_000, "4.7 GiB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test("what concerns every format stands in front of them", () => {
  const warnings = [{ severity: Severity.SEVERITY_WARNING, reason: "ODD", message: "The recording is odd.", got: "7" }];
  const branches = [{ format: "npz", frames: 3, bytes: 1536, state: ExportState.EXPORT_STATE_SUCCEEDED }];
  expect(describeSummary(ExportSummary.fromPartial({ warnings, branches })).split("\n")).toEqual([
    "! ODD: The recording is odd. Got 7.",
    "  3 chunks, 1.5 KiB in 0.00 s (0 B/s)",
  ]);
});

test("one chunk is no chunks", () => {
  const branches = [{ format: "npz", frames: 1, bytes: 6, state: ExportState.EXPORT_STATE_SUCCEEDED }];
  expect(describeSummary(ExportSummary.fromPartial({ branches }))).toBe("  1 chunk, 6 B in 0.00 s (0 B/s)");
});
