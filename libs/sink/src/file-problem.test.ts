import { open } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { Code, SluiceError } from "@sluice/core";
import { fileProblem, namingFaults } from "./file-problem.ts";

test.each([
  ["ENOSPC", "DISK_FULL", Code.RESOURCE_EXHAUSTED],
  ["EDQUOT", "DISK_QUOTA_EXCEEDED", Code.RESOURCE_EXHAUSTED],
  ["EACCES", "WRITE_NOT_ALLOWED", Code.PERMISSION_DENIED],
  ["EROFS", "READ_ONLY_FILE_SYSTEM", Code.FAILED_PRECONDITION],
  ["ENOENT", "FOLDER_MISSING", Code.NOT_FOUND],
  ["ENAMETOOLONG", "NAME_TOO_LONG", Code.INVALID_ARGUMENT],
  ["EFBIG", "FILE_TOO_LARGE", Code.RESOURCE_EXHAUSTED],
  ["EMFILE", "TOO_MANY_OPEN_FILES", Code.RESOURCE_EXHAUSTED],
  ["EIO", "STORAGE_FAILED", Code.DATA_LOSS],
  ["EWEIRD", "STORAGE_ERROR", Code.INTERNAL],
])("%s is %s", (code, reason, grpcCode) => {
  const error = Object.assign(new Error(`${code}: no, write '/secret/place'`), { code, syscall: "write" });
  const named = fileProblem(error, "artifacts.a.tif");
  expect(named).toBeInstanceOf(SluiceError);
  const { problem, message, cause } = named as SluiceError;
  expect(problem).toMatchObject({ reason, grpcCode, field: "artifacts.a.tif", got: code });
  expect(problem.remedy).not.toBe("");
  expect(message).not.toContain("secret");
  expect(cause).toBe(error);
});

test("an error that is no file's passes as it is", () => {
  const error = new TypeError("undefined is not a function");
  expect(fileProblem(error, "x")).toBe(error);
});

test("a real error keeps the machine's paths to itself", async () => {
  const opening = namingFaults("artifacts.a", () => open("/no/such/folder/a"));
  await expect(opening).rejects.toThrow("FOLDER_MISSING (artifacts.a)");
  await expect(opening).rejects.not.toThrow("/no/such");
});
