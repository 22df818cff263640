import { expect, test } from "@jest/globals";
import { ExportState, ExportSummary, LossKind, Origin, Severity } from "@sluice/proto";
import { warning } from "./problem.ts";
import { parseReceipt, problemJson, receiptOf } from "./receipt.ts";

const summary = ExportSummary.fromPartial({
  jobId: "8c4f",
  state: ExportState.EXPORT_STATE_PARTIAL,
  startTime: new Date("2026-01-02T03:04:05.678Z"),
  warnings: [{ severity: Severity.SEVERITY_WARNING, reason: "CHANNEL_DEAD", message: "flat" }],
  branches: [
    {
      branchId: "tiff",
      format: "ome-tiff",
      state: ExportState.EXPORT_STATE_SUCCEEDED,
      artifacts: [{ path: "a.ome.tif", size: 5_000_000_000, sha256: Uint8Array.of(0xab, 0x01) }],
      warnings: [{ severity: Severity.SEVERITY_WARNING, reason: "TIME_DROPPED", message: "state" }],
      losses: [{ kind: LossKind.LOSS_KIND_CAST, field: "arrays.image", count: 3, maxError: 0.5 }],
      origins: [{ field: "image.pixel_size.x", origin: Origin.ORIGIN_READ }],
      digests: [{ array: "image", shape: [2, 3], frames: [0, 0xffffffff], root: Uint8Array.of(1, 2) }],
    },
  ],
});

test("a receipt reads well and keeps everything", () => {
  const json = receiptOf(summary);
  expect(json).toMatchObject({
    state: "partial",
    warnings: [{ severity: "warning", reason: "CHANNEL_DEAD" }],
    branches: [
      {
        state: "succeeded",
        artifacts: [{ sha256: "ab01", size: 5_000_000_000 }],
        warnings: [{ severity: "warning", message: "state" }],
        losses: [{ kind: "cast" }],
        origins: [{ origin: "read" }],
        digests: [{ root: "0102", framesPerLeaf: 0 }],
        gaps: [],
      },
    ],
  });
  expect(parseReceipt(JSON.stringify(json))).toEqual(summary);
});

test("a problem has the receipt's words, and all its fields", () => {
  expect(problemJson(warning({ reason: "ODD", message: "It is odd.", got: "7" }))).toEqual({
    severity: "warning",
    reason: "ODD",
    message: "It is odd.",
    field: "",
    got: "7",
    allowed: [],
    remedy: "",
    branchId: "",
    grpcCode: 0,
    retryable: false,
  });
});

test.each(["", "{", "[]", "null", '{"jobId":"1"}'])("%j is no receipt", (text) => {
  expect(() => parseReceipt(text)).toThrow("RECEIPT_INVALID");
});
