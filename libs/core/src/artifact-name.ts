import { Code, SluiceError } from "./problem.ts";

const forbidden = /[\\/:*?"<>|]|\p{Cc}/u;

/** A file name stem as it is, dots and all (`run_1.5um`), or NAME_INVALID. */
export function requireStem(name: string, field: string): string {
  const bad = forbidden.exec(name)?.[0];
  if (name !== "" && name.trim() === name && !/^\.+$/.test(name) && name.length <= 200 && !bad) return name;
  throw new SluiceError({
    reason: "NAME_INVALID",
    message: bad ? `A file name cannot hold ${JSON.stringify(bad)}.` : "This cannot be the stem of a file name.",
    field,
    got: JSON.stringify(name),
    allowed: ['1 to 200 characters, none of \\ / : * ? " < > | or control characters, no blanks at the ends'],
    remedy: "Choose another name.",
    grpcCode: Code.INVALID_ARGUMENT,
  });
}

/** A stem made of any text, such as a dataset's name: what cannot stand in a file name becomes `_`. */
export function stemOf(text: string): string {
  const cleaned = [...text.trim()].map((character) => (forbidden.test(character) ? "_" : character)).join("");
  return cleaned === "" || /^\.+$/.test(cleaned) ? "sluice_export" : cleaned.slice(0, 200).trim();
}
