import { SluiceError } from "@sluice/core";

/**
 * Text as UTF-8. NUL would end it in every reader of C, and halves of surrogate pairs have no UTF-8: both are
 * HDF5_TEXT_INVALID.
 *
 * @param field where the text belongs, for the error
 */
export function encodeText(text: string, field: string): Uint8Array {
  checkText(text, field);
  return Buffer.from(text);
}

function checkText(text: string, field: string): void {
  if (text.includes("\0") || /\p{Surrogate}/u.test(text)) {
    throw new SluiceError({
      reason: "HDF5_TEXT_INVALID",
      message: "The text cannot be kept in an HDF5 file.",
      field,
      got: JSON.stringify(shortened(text)),
      allowed: ["Unicode text without NUL and without halves of surrogate pairs"],
      remedy: "Remove these characters, or keep the bytes as an array of uint8.",
    });
  }
}

/** HDF5_NAME_INVALID or HDF5_TEXT_INVALID for what is no name of a link, an attribute or a member: text, not empty. */
export function checkName(name: string, field: string): void {
  if (name === "") {
    throw new SluiceError({ reason: "HDF5_NAME_INVALID", message: "A name in an HDF5 file is not empty.", field });
  }
  checkText(name, field);
}

/** The same for a link: its name is no path, and not the group itself. */
export function checkLinkName(name: string, field: string): void {
  if (name.includes("/") || name === ".") {
    throw new SluiceError({
      reason: "HDF5_NAME_INVALID",
      message: "A link in an HDF5 file has a name without slashes that is not a dot.",
      field,
      got: JSON.stringify(shortened(name)),
      remedy: "Use another name; a slash divides groups.",
    });
  }
  checkName(name, field);
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
