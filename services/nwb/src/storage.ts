/** Bytes of a chunk of samples. */
export const chunkBytes = 2 ** 20;
