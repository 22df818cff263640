/** A scale bar: its length on the object, on the frame, and its label. */
export interface ScaleBar {
  readonly lengthNm: number;
  readonly lengthPixels: number;
  readonly label: string;
}

/** Share of the width that an automatic bar comes close to, and the most that it takes. */
const usualShare = 0.25;
const mostShare = 0.5;

/**
 * A bar of the given length, or of 1, 2 or 5 times a power of ten: the one closest to a quarter of the width by ratio.
 * Undefined where that is not a pixel long.
 *
 * @param nmPerPixel of the frame as it is shown
 */
export function scaleBarOf(lengthNm: number | "auto", nmPerPixel: number, width: number): ScaleBar | undefined {
  const length = lengthNm === "auto" ? roundLength(width * nmPerPixel) : lengthNm;
  const lengthPixels = Math.round(length / nmPerPixel);
  return lengthPixels < 1 ? undefined : { lengthNm: length, lengthPixels, label: lengthLabel(length) };
}

function roundLength(widthNm: number): number {
  const wanted = widthNm * usualShare;
  const exponent = Math.floor(Math.log10(wanted));
  const candidates = [1, 2, 5, 10].map((digit) => Number(`${digit}e${exponent}`));
  const fitting = candidates.filter((length) => length <= widthNm * mostShare);
  const distance = (length: number) => Math.abs(Math.log(length / wanted));
  return fitting.reduce((best, length) => (distance(length) < distance(best) ? length : best));
}

/** A length with its unit: pm, nm, µm or mm. */
export function lengthLabel(nanometers: number): string {
  const [unit, size] = units.find(([, least]) => nanometers >= least) ?? units[3];
  return `${Number((nanometers / size).toPrecision(6))} ${unit}`;
}

const units = [
  ["mm", 1e6],
  ["µm", 1e3],
  ["nm", 1],
  ["pm", 1e-3],
] as const;
