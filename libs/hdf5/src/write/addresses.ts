import { setUint64 } from "./byte-writer.ts";
import type { ElementLayout } from "./type.ts";

/** Addresses that were open while elements were encoded. */
export interface Addresses {
  /** Of a heap collection by its number, counted from 1. */
  readonly collection: (number: number) => number;
  /** Of the header of an object by its number, counted from 0. */
  readonly object: (number: number) => number;
}

/**
 * Puts the addresses into encoded elements, in place. Until then a text holds the number of its heap collection and a
 * reference that of its object plus one; what is zero stays so, as elements that were never written are.
 */
export function putAddresses(elements: Uint8Array, layout: ElementLayout, addresses: Addresses): void {
  const view = new DataView(elements.buffer, elements.byteOffset, elements.byteLength);
  const { itemBytes, texts, references } = layout;
  for (let item = 0; item < elements.length; item += itemBytes) {
    for (const offset of texts) {
      const number = view.getUint32(item + offset + 4, true);
      if (number > 0) setUint64(view, item + offset + 4, addresses.collection(number));
    }
    for (const offset of references) {
      const number = view.getUint32(item + offset, true);
      if (number > 0) setUint64(view, item + offset, addresses.object(number - 1));
    }
  }
}
