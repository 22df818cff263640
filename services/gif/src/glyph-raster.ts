/** A glyph's coverage, 0 to 1 for each pixel, and where its upper left pixel lies relative to the pen. */
export interface Coverage {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly shares: Float32Array;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Line segments that stand for a quadratic curve; enough for letters of a few hundred pixels. */
const segmentsPerCurve = 8;

/**
 * The share of each pixel that lies inside an outline, computed from the signed areas that its edges cut off: no
 * sampling. Method of Raph Levien's font-rs (https://medium.com/@raphlinus, "Inside the fastest font renderer").
 *
 * @param outline M, L, Q and Z with absolute coordinates, y down
 * @param scale pixels per unit of the outline
 */
export function rasterize(outline: string, scale: number): Coverage {
  const contours = contoursOf(outline, scale);
  const points = contours.flat();
  if (points.length === 0) return { left: 0, top: 0, width: 0, height: 0, shares: new Float32Array(0) };
  const left = Math.floor(Math.min(...points.map(({ x }) => x)));
  const top = Math.floor(Math.min(...points.map(({ y }) => y)));
  const width = Math.ceil(Math.max(...points.map(({ x }) => x))) - left;
  const height = Math.ceil(Math.max(...points.map(({ y }) => y))) - top;
  // What an edge on the right border cuts off lies one or two pixels beyond it.
  const stride = width + 2;
  const areas = new Float32Array(stride * height);
  for (const contour of contours) {
    let from = contour.at(-1) as Point;
    for (const to of contour) {
      addEdge(areas, stride, { x: from.x - left, y: from.y - top }, { x: to.x - left, y: to.y - top });
      from = to;
    }
  }
  const shares = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    let sum = 0;
    for (let column = 0; column < width; column++) {
      sum += areas[row * stride + column] as number;
      shares[row * width + column] = Math.min(1, Math.abs(sum));
    }
  }
  return { left, top, width, height, shares };
}

/** Adds, for each row that the edge crosses, the change of coverage from one column to the next. */
function addEdge(areas: Float32Array, stride: number, from: Point, to: Point): void {
  if (from.y === to.y) return;
  const direction = from.y < to.y ? 1 : -1;
  const [upper, lower] = direction > 0 ? [from, to] : [to, from];
  const slope = (lower.x - upper.x) / (lower.y - upper.y);
  for (let row = Math.floor(upper.y); row < Math.ceil(lower.y); row++) {
    const begin = Math.max(row, upper.y);
    const end = Math.min(row + 1, lower.y);
    const x0 = upper.x + (begin - upper.y) * slope;
    const x1 = upper.x + (end - upper.y) * slope;
    addSpan(areas, row * stride, Math.min(x0, x1), Math.max(x0, x1), direction * (end - begin));
  }
}

/** Adds an edge that crosses a part `height` of a row from column position `least` to `most`. */
function addSpan(areas: Float32Array, row: number, least: number, most: number, height: number): void {
  let before = 0;
  for (let column = Math.floor(least); column <= Math.floor(most) + 1; column++) {
    const share = meanDistance(column + 1, least, most) - meanDistance(column, least, most);
    areas[row + column] = (areas[row + column] as number) + height * (share - before);
    before = share;
  }
}

/** Mean over the edge of how far `x` lies right of it, 0 where it lies left. */
function meanDistance(x: number, least: number, most: number): number {
  if (x <= least) return 0;
  return x >= most ? x - (least + most) / 2 : (x - least) ** 2 / (2 * (most - least));
}

function contoursOf(outline: string, scale: number): Point[][] {
  const contours: Point[][] = [];
  for (const [, step, numbers = ""] of outline.matchAll(/([MLQ])([^MLQZ]*)/g)) {
    const values = numbers.split(" ").map((number) => Number(number) * scale);
    const end = { x: values.at(-2) as number, y: values.at(-1) as number };
    if (step === "M") contours.push([end]);
    const contour = contours.at(-1) as Point[];
    if (step === "L") contour.push(end);
    if (step === "Q")
      contour.push(...curve(contour.at(-1) as Point, { x: values[0] as number, y: values[1] as number }, end));
  }
  return contours;
}

function curve(from: Point, control: Point, to: Point): Point[] {
  return Array.from({ length: segmentsPerCurve }, (_, index) => {
    const t = (index + 1) / segmentsPerCurve;
    const at = (a: number, b: number, c: number) => (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t ** 2 * c;
    return { x: at(from.x, control.x, to.x), y: at(from.y, control.y, to.y) };
  });
}
