import { expect, test } from "@jest/globals";
import { ExportState, ExportSummary } from "@sluice/proto";
import { verifySummary } from "./verify-artifacts.ts";

const summary = ExportSummary.fromPartial({
  branches: ["npz", "hdf5"].map((format) => ({
    format,
    state: ExportState.EXPORT_STATE_SUCCEEDED,
    artifacts: [{ path: `movie.${format}` }],
  })),
});

test("what cannot be read back is not verified, and says why", async () => {
  const { branches } = await verifySummary(summary, () => Promise.reject(new Error("gone")));
  const message = "The artifact cannot be read back: gone";
  const verification = { equal: false, differences: [{ message }] };
  expect(branches).toMatchObject([{ verification }, { verification }]);
});

test("an abort ends the check: nothing is said of the values, but that they were not compared", async () => {
  const control = new AbortController();
  let asked = 0;
  const { branches } = await verifySummary(
    summary,
    () => {
      asked += 1;
      control.abort();
      return Promise.reject(control.signal.reason);
    },
    control.signal,
  );
  const warnings = [{ reason: "NOT_VERIFIED", message: expect.stringContaining("interrupted") }];
  expect(branches).toMatchObject([{ warnings }, { warnings }]);
  expect(branches.map(({ verification }) => verification)).toEqual([undefined, undefined]);
  expect(asked).toBe(1);
});
