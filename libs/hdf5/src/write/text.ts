import { SluiceError } from "@sluice/core";

const encoder = new TextEncoder();

/**
 * Text as UTF-8. NUL would end it in every reader of C, and halves of surrogate pairs have no UTF-8: both are
 * HDF5_TEXT_INVALID.
 *
 * @param field where the text belongs, for the error
 */
export function encodeText(text: string, field: string): Uint8Array {
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
  return encoder.encode(text);
}

/** A name of a link, an attribute or a member: text that is not empty. */
export function encodeName(name: string, field: string): Uint8Array {
  if (name === "") {
    throw new SluiceError({ reason: "HDF5_NAME_INVALID", message: "A name in an HDF5 file is not empty.", field });
  }
  return encodeText(name, field);
}

/** A name of a link: no path, and not the group itself. */
export function encodeLinkName(name: string, field: string): Uint8Array {
  if (name.includes("/") || name === ".") {
    throw new SluiceError({
      reason: "HDF5_NAME_INVALID",
      message: "A link in an HDF5 file has a name without slashes that is not a dot.",
      field,
      got: JSON.stringify(shortened(name)),
      remedy: "Use another name; a slash divides groups.",
    });
  }
  return encodeName(name, field);
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
