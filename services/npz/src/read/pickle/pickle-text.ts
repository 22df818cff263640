import { isInert, PickleError } from "./inert.ts";
import { decodeInert } from "./inert-machine.ts";

/**
 * Reads the one text that a pickled 0-d array of NumPy holds, as `numpy.array("text", dtype=object)` is saved. Nothing is
 * looked up, called or run.
 *
 * @returns undefined when it is anything but one text (UTF-8 where it is bytes)
 */
export function pickledText(bytes: Uint8Array): string | undefined {
  try {
    return textOf(decodeInert(bytes));
  } catch (error) {
    if (error instanceof PickleError) return undefined;
    throw error;
  }
}

/** State of an array: (version, shape, type, Fortran order, [values]). */
function textOf(value: unknown): string | undefined {
  if (!isInert(value) || !value.name.endsWith("_reconstruct") || !Array.isArray(value.state)) return undefined;
  const values: unknown = value.state[4];
  const [text] = Array.isArray(values) && values.length === 1 ? (values as unknown[]) : [];
  if (Buffer.isBuffer(text)) return text.toString();
  return typeof text === "string" ? text : undefined;
}
