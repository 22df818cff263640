import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { type DestinationWishes, destinationOf } from "./destination.ts";

const wishes: DestinationWishes = { out: "s3://bucket/lab", overwrite: false, verify: false, receipt: false };

test("a folder is not made before it is needed", () => {
  const out = join("does", "not", "exist");
  expect(destinationOf({ ...wishes, out }).target).toBeUndefined();
  expect(existsSync(out)).toBe(false);
});

test("from here, artifacts come to this process; a gateway uploads them by itself", () => {
  expect(destinationOf(wishes).target).toBeUndefined();
  expect(destinationOf({ ...wishes, out: " S3://bucket/lab ", gateway: "host:1" }).target).toEqual({
    $case: "objectStore",
    value: { url: "S3://bucket/lab", overwrite: false },
  });
});

test.each([
  [{ out: "gs://bucket/lab" }, "OBJECT_URL_INVALID (--out)"],
  [{ out: "file:///data" }, "OBJECT_URL_INVALID (--out)"],
  [{ out: "s3://bucket" }, "OBJECT_KEY_MISSING (--out)"],
  [{ out: "s3://bucket/a/../b" }, "OBJECT_KEY_INVALID (--out)"],
  [{ gateway: "host:1", verify: true }, "OPTION_NOT_APPLICABLE (--verify)"],
  [{ gateway: "host:1", verify: true, receipt: true }, "OPTION_NOT_APPLICABLE (--verify, --receipt)"],
])("%j is refused", (changes, told) => {
  expect(() => destinationOf({ ...wishes, ...changes })).toThrow(told);
});
