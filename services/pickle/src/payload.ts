/** Bytes that can be read, more than once if they are asked for again. */
export interface Payload {
  readonly length: number;
  pieces(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** The pieces together. */
export async function whole(pieces: ReturnType<Payload["pieces"]>): Promise<Uint8Array> {
  const gathered: Uint8Array[] = [];
  for await (const piece of pieces) gathered.push(piece);
  return Buffer.concat(gathered);
}
