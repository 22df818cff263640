/** Numbers in [0, 1) that are the same in every run (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Detector noise: uint16 values spread in a bell of 12 bits. */
export function noise(values: number, seed = 1): Uint8Array {
  const random = randomNumbers(seed);
  const pixels = Uint16Array.from({ length: values }, () => (random() + random() + random()) * 1365);
  return new Uint8Array(pixels.buffer);
}

/** A label image of uint16: discs of one value each on zero, `width` pixels in a row. */
export function labels(width: number, seed = 1): Uint8Array {
  const random = randomNumbers(seed);
  const pixels = new Uint16Array(width * width);
  for (let label = 1; label <= 40; label++) {
    const [x, y, radius] = [random() * width, random() * width, (0.02 + 0.05 * random()) * width];
    for (let i = 0; i < pixels.length; i++) {
      if (((i % width) - x) ** 2 + (i / width - y) ** 2 < radius ** 2) pixels[i] = label;
    }
  }
  return new Uint8Array(pixels.buffer);
}

/** Time stamps: float64 rising by one step per value. */
export function ramp(values: number): Uint8Array {
  return new Uint8Array(Float64Array.from({ length: values }, (_, i) => i * 0.1).buffer);
}

/** A frame of a 12-bit detector: uint16, a smooth scene on `offset`, noise that grows with its root times `gain`. */
export function frame(width: number, offset: number, gain: number, seed = 1): Uint8Array {
  const random = randomNumbers(seed);
  const spots = Array.from({ length: 12 }, () => [random() * width, random() * width] as const);
  const pixels = Uint16Array.from({ length: width * width }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const light = spots.reduce(
      (total, [cx, cy]) => total + Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (0.002 * width ** 2)),
      0,
    );
    const mean = offset * (1 + 0.3 * Math.sin((3 * x + 2 * y) / width)) + 600 * light;
    const bell = random() + random() + random() + random() - 2;
    return Math.min(4095, Math.max(0, mean + bell * 1.73 * Math.sqrt(mean * gain)));
  });
  return new Uint8Array(pixels.buffer);
}
