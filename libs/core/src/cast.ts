import { type Loss, LossKind } from "@sluice/proto";
import { asBytes, asElements, type DataType } from "./data-type.ts";
import { float16ToFloat32 } from "./float16.ts";

/** Data types that values may be converted to. */
export const castTargets = ["int8", "int16", "int32", "uint8", "uint16", "uint32", "float32", "float64"] as const;
export type CastTarget = (typeof castTargets)[number];

const targets = {
  int8: { Elements: Int8Array, range: [-0x80, 0x7f] },
  int16: { Elements: Int16Array, range: [-0x8000, 0x7fff] },
  int32: { Elements: Int32Array, range: [-0x8000_0000, 0x7fff_ffff] },
  uint8: { Elements: Uint8Array, range: [0, 0xff] },
  uint16: { Elements: Uint16Array, range: [0, 0xffff] },
  uint32: { Elements: Uint32Array, range: [0, 0xffff_ffff] },
  float32: { Elements: Float32Array, range: undefined },
  float64: { Elements: Float64Array, range: undefined },
} as const;

/** Why a conversion is not offered, as a sentence; undefined when it is. */
export function castFault(from: DataType, to: CastTarget): string | undefined {
  if (from.startsWith("complex")) return "Complex values are not converted: their parts are arrays of their own.";
  const toInteger = targets[to].range !== undefined;
  if (from.startsWith("float") && toInteger) return "Fractions are not rounded to integers: scale them first.";
  return undefined;
}

/**
 * Converts values and counts what changed. Integers beyond the target's range take its nearest end; floats are rounded
 * to the nearest, ties to even; NaN stays NaN.
 */
export class Cast {
  readonly to: CastTarget;
  readonly #from: DataType;
  #changed = 0;
  #maximumError = 0;
  #clipped = 0;

  constructor(from: DataType, to: CastTarget) {
    this.#from = from;
    this.to = to;
  }

  /** New bytes of the target's type. */
  apply(bytes: Uint8Array): Uint8Array {
    const source = asElements(this.#from, bytes);
    if (source instanceof BigInt64Array || source instanceof BigUint64Array) return this.#fromBig(source);
    return this.#fromNumbers(this.#from === "float16" ? float16ToFloat32(source as Uint16Array) : source);
  }

  /** What the conversion did to the values so far. */
  losses(field: string): Loss[] {
    const cast: Loss = {
      kind: LossKind.LOSS_KIND_CAST,
      field,
      message: `${this.#from} was converted to ${this.to}.`,
      count: this.#changed,
      maxError: this.#maximumError,
    };
    if (this.#clipped === 0) return [cast];
    const message = `Values beyond the range of ${this.to} took its nearest end.`;
    return [cast, { kind: LossKind.LOSS_KIND_CLIPPED, field, message, count: this.#clipped, maxError: undefined }];
  }

  #fromNumbers(source: ArrayLike<number>): Uint8Array {
    const { Elements, range } = targets[this.to];
    const target = new Elements(source.length);
    for (let index = 0; index < source.length; index++) {
      const value = source[index] as number;
      target[index] = range ? Math.min(Math.max(value, range[0]), range[1]) : value;
      const written = target[index] as number;
      if (written !== value && !Number.isNaN(value)) this.#count(Math.abs(written - value), range !== undefined);
    }
    return asBytes(target);
  }

  #fromBig(source: BigInt64Array | BigUint64Array): Uint8Array {
    const { Elements, range } = targets[this.to];
    const target = new Elements(source.length);
    for (let index = 0; index < source.length; index++) {
      const exact = source[index] as bigint;
      const value = Number(exact);
      target[index] = range ? Math.min(Math.max(value, range[0]), range[1]) : value;
      const difference = BigInt(target[index] as number) - exact;
      if (difference !== 0n) this.#count(Math.abs(Number(difference)), range !== undefined);
    }
    return asBytes(target);
  }

  #count(error: number, limited: boolean): void {
    this.#changed += 1;
    if (limited || error === Number.POSITIVE_INFINITY) this.#clipped += 1;
    if (Number.isFinite(error)) this.#maximumError = Math.max(this.#maximumError, error);
  }
}
