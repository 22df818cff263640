import { expect, test } from "@jest/globals";
import { BranchReport, ExportState, ExportSummary } from "@sluice/proto";
import { settleDelivered } from "./delivered.ts";
import { SluiceError } from "./problem.ts";
import type { ArtifactSink } from "./sink.ts";

function sinkThat(calls: string[], faultAt?: "prepare" | "commit"): ArtifactSink {
  const step = (name: "prepare" | "commit") => {
    calls.push(name);
    if (name === faultAt) throw new SluiceError({ reason: "DISK_FULL", message: "No room." });
  };
  return {
    create: () => Promise.reject(new Error("not asked")),
    prepare: async () => {
      step("prepare");
      return [
        {
          path: "a.tif",
          uri: "file:///a.tif",
          size: 3,
          sha256: Uint8Array.of(1),
          mediaType: "",
          formatVersion: "",
          encoding: undefined,
        },
      ];
    },
    commit: async () => step("commit"),
    discard: async (reason) => void calls.push(`discard: ${reason}`),
  };
}

function summaryOf(...states: (typeof ExportState)[keyof typeof ExportState][]): ExportSummary {
  const branches = states.map((state, index) =>
    BranchReport.fromPartial({ branchId: String(index), state, artifacts: [{ path: "a.tif", uri: "inline:a.tif" }] }),
  );
  return ExportSummary.fromPartial({ branches });
}

const succeeded = ExportState.EXPORT_STATE_SUCCEEDED;
const failed = ExportState.EXPORT_STATE_FAILED;

test("what succeeded becomes visible and names where it lies, what failed is removed", async () => {
  const calls: [string[], string[]] = [[], []];
  const sinks = new Map([
    ["0", sinkThat(calls[0])],
    ["1", sinkThat(calls[1])],
  ]);
  const summary = await settleDelivered(summaryOf(succeeded, failed), sinks);
  expect(summary.state).toBe(ExportState.EXPORT_STATE_PARTIAL);
  expect(summary.branches[0]?.artifacts[0]?.uri).toBe("file:///a.tif");
  expect(calls).toEqual([["prepare", "commit"], ["discard: The branch did not succeed."]]);
});

test.each(["prepare", "commit"] as const)("a fault of %s fails the branch and removes it", async (faultAt) => {
  const calls: string[] = [];
  const summary = await settleDelivered(summaryOf(succeeded), new Map([["0", sinkThat(calls, faultAt)]]));
  expect(summary).toMatchObject({
    state: failed,
    branches: [{ state: failed, artifacts: [], error: { reason: "DISK_FULL" } }],
  });
  expect(calls.at(-1)).toContain("discard: DISK_FULL");
});

test("a branch delivered elsewhere stays as it is reported", async () => {
  const summary = await settleDelivered(summaryOf(succeeded), new Map());
  expect(summary.branches[0]?.artifacts[0]?.uri).toBe("inline:a.tif");
});
