import { readFileSync } from "node:fs";
import { Code, SluiceError } from "@sluice/core";
import { type SettingName, settingDescriptions } from "./configuration.ts";

/** Content of a file that a setting names; FILE_UNREADABLE names the setting, the path and the system's reason. */
export function readSettingFile(name: SettingName, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw settingFileError(name, path, "FILE_UNREADABLE", "The file of a setting cannot be read.", cause);
  }
}

/** A fault of the content of a file that a setting names. */
export function settingFileError(
  name: SettingName,
  path: string,
  reason: string,
  message: string,
  cause?: unknown,
): SluiceError {
  const { code, message: detail } = (cause ?? {}) as NodeJS.ErrnoException;
  const why = code ?? detail ?? "";
  return new SluiceError(
    {
      reason,
      message: why === "" ? message : `${message} (${why})`,
      field: settingDescriptions.find((setting) => setting.name === name)?.variable ?? name,
      got: path,
      remedy: "Correct the path or the file.",
      grpcCode: Code.FAILED_PRECONDITION,
    },
    { cause },
  );
}
