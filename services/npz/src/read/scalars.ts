import { asElements, type DataType, float16ToFloat32, SluiceError } from "@sluice/core";
import { damaged, littleEndian } from "@sluice/npy";
import { type Archive, type NpyMember } from "./archive.ts";
import { textOf } from "./table-frames.ts";

/** True for a single value. */
export function isScalar({ header }: NpyMember): boolean {
  return header.shape.length === 0;
}

/** The text of a 0-d array; undefined when it is no text. */
export async function scalarText(archive: Archive, member: NpyMember): Promise<string | undefined> {
  const { type } = member.header;
  if (!isScalar(member) || type.kind !== "text") return undefined;
  return textOf(await archive.whole(member), type, member.key);
}

/** The value of a 0-d array as JSON has it: integers beyond 2^53 and numbers that are not finite as text. */
export async function scalarValue(archive: Archive, member: NpyMember): Promise<unknown> {
  const { type } = member.header;
  if (type.kind !== "number") return scalarText(archive, member);
  const values = numbersOf(littleEndian(await archive.whole(member), type), type.dataType);
  if (type.dataType === "bool") return values[0] !== 0;
  const plain = values.map((value) => {
    const number = Number(value);
    const exact = typeof value === "number" ? Number.isFinite(value) : Number.isSafeInteger(number);
    return exact ? number : String(value);
  });
  return type.dataType.startsWith("complex") ? plain : plain[0];
}

/** The numbers of a small array of floats or integers, as float64. */
export async function float64Of(archive: Archive, member: NpyMember): Promise<Float64Array> {
  const { type } = member.header;
  if (type.kind !== "number") throw notNumbers(member);
  const data = await archive.whole(member);
  return Float64Array.from(numbersOf(littleEndian(data, type), type.dataType), Number);
}

/** Little-endian numbers; of complex ones real and imaginary parts in turn. */
export function numbersOf(bytes: Uint8Array, dataType: DataType): (number | bigint)[] {
  const elements = asElements(dataType, bytes);
  return dataType === "float16" ? [...float16ToFloat32(elements as Uint16Array)] : [...elements];
}

function notNumbers({ key, header }: NpyMember): SluiceError {
  return damaged(key, `${header.type.kind} where numbers belong`);
}
