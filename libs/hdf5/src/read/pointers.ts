import { countElements } from "@sluice/core";
import { type TypeMetadata, typeClass } from "./metadata.ts";

/** Where in an element the library's memory is pointed to, and where references stand; the order is that of decoding. */
export interface Pointers {
  readonly itemBytes: number;
  readonly texts: readonly number[];
  readonly references: readonly number[];
  readonly sequences: readonly { readonly offset: number; readonly element: Pointers }[];
}

/** Elements as the library has them in memory, and what their pointers lead to, in the order of {@link Pointers}. */
export interface RawElements {
  readonly bytes: Uint8Array;
  readonly texts: readonly string[];
  /** Paths; null for the reference to none. */
  readonly references: readonly (string | null)[];
  readonly sequences: readonly RawElements[];
}

/** What the thread must follow in each element. */
export function pointersOf(metadata: TypeMetadata): Pointers {
  const texts: number[] = [];
  const references: number[] = [];
  const sequences: { offset: number; element: Pointers }[] = [];
  const add = (part: TypeMetadata, at: number): void => {
    const { type, array_type, compound_type, vlen_type } = part;
    if (!holdsPointers(part)) return;
    if (type === typeClass.text) texts.push(at);
    else if (type === typeClass.reference) references.push(at);
    else if (type === typeClass.sequence && vlen_type) sequences.push({ offset: at, element: pointersOf(vlen_type) });
    else if (type === typeClass.compound) {
      for (const member of compound_type?.members ?? []) add(member, at + member.offset);
    } else if (array_type) {
      const count = countElements(array_type.shape ?? []) ?? 0;
      for (let index = 0; index < count; index++) add(array_type, at + index * array_type.size);
    }
  };
  add(metadata, 0);
  return { itemBytes: metadata.size, texts, references, sequences };
}

function holdsPointers({ type, vlen, ref_type, array_type, compound_type, vlen_type }: TypeMetadata): boolean {
  if (type === typeClass.text) return vlen;
  if (type === typeClass.reference) return ref_type === "object";
  if (type === typeClass.sequence) return vlen_type !== undefined;
  if (type === typeClass.array) return array_type !== undefined && holdsPointers(array_type);
  return compound_type?.members.some(holdsPointers) ?? false;
}
