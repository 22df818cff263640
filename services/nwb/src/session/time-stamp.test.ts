import { expect, test } from "@jest/globals";
import { isDate, timeStamp, timeStampOf } from "./time-stamp.ts";

test.each([
  ["2025-11-01T09:30:00.123456+01:00", "2025-11-01T09:30:00.123456+01:00"],
  ["2025-11-01 09:30-0530", "2025-11-01T09:30:00-05:30"],
  ["2025-11-01T09:30:00Z", "2025-11-01T09:30:00+00:00"],
  ["2025-11-01T09:30:00", undefined],
  ["2025-02-30T09:30:00Z", undefined],
  ["2025-11-01T25:30:00Z", undefined],
  ["2025-11-01", undefined],
  ["yesterday", undefined],
])("%s is %s", (text, stamp) => {
  expect(timeStamp(text)).toBe(stamp);
});

test("moments in UTC, and days", () => {
  expect(timeStampOf(new Date(0))).toBe("1970-01-01T00:00:00.000+00:00");
  expect([isDate("2025-02-28"), isDate("2025-02-29"), isDate("2025-13-01"), isDate("1 May")]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
