import { StorageError } from "./stored-file.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A name in UTF-8; a StorageError for bytes that are none, which the library would tell as other names. */
export function decodeStrictly(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new StorageError("a name that is not UTF-8", { cause: error });
  }
}
