/** Every header is padded so that the data after it begin at a multiple of this (NEP 1). */
const alignment = 64;
const magic = Buffer.from("\x93NUMPY\x01\x00", "latin1");
const lengthBytes = 2;

/**
 * Header of an .npy file, version 1.0 (NEP 1): the data follow in C order.
 *
 * @param shape lengths, slowest axis first; () is a single value
 * @param longest longest axis 0 that the header must have room for: it is padded, so that it is as long for any length
 */
export function npyHeader(descr: string, shape: readonly number[], longest = shape[0]): Uint8Array {
  const literal = literalOf(descr, shape);
  const room = shape.length === 0 ? literal.length : literalOf(descr, shape.with(0, longest as number)).length;
  const before = magic.length + lengthBytes;
  const total = Math.ceil((before + room + 1) / alignment) * alignment;
  const header = Buffer.alloc(total, " ");
  magic.copy(header);
  header.writeUInt16LE(total - before, magic.length);
  header.write(literal, before, "latin1");
  header.write("\n", total - 1);
  return new Uint8Array(header);
}

/** A Python dictionary, as numpy.lib.format writes it. */
function literalOf(descr: string, shape: readonly number[]): string {
  const lengths = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  return `{'descr': '${descr}', 'fortran_order': False, 'shape': ${lengths}, }`;
}
