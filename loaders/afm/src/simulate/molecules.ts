import type { Random } from "./random.ts";

/** A molecule as the tip sees it: a Gaussian hill with an elliptic foot. Lengths in nanometres, angles in radians. */
export interface Molecule {
  x: number;
  y: number;
  angle: number;
  readonly heightNm: number;
  readonly longNm: number;
  readonly shortNm: number;
}

/** The part of the surface that is scanned, in nanometres. */
export interface Field {
  readonly widthNm: number;
  readonly heightNm: number;
}

/** One molecule for so much surface, in square nanometres, as on a sparsely covered mica. */
const areaPerMolecule = 900;

/** Deviation of a step between two frames. */
const stepNm = 1.2;
const turnRadians = 0.15;

/** Hills end where they are lower than exp(-8), a three-thousandth of their height. */
const reach = 4;

/** Molecules anywhere on the field, at least one. */
export function scatterMolecules(field: Field, random: Random): Molecule[] {
  const count = Math.max(1, Math.round((field.widthNm * field.heightNm) / areaPerMolecule));
  return Array.from({ length: count }, () => ({
    x: random.between(0, field.widthNm),
    y: random.between(0, field.heightNm),
    angle: random.between(0, Math.PI),
    heightNm: random.between(2.5, 6),
    longNm: random.between(3, 5),
    shortNm: random.between(1.8, 2.8),
  }));
}

/** A step of a random walk that turns back at the edges of the field. */
export function moveMolecule(molecule: Molecule, field: Field, random: Random): void {
  molecule.x = reflect(molecule.x + stepNm * random.normal(), field.widthNm);
  molecule.y = reflect(molecule.y + stepNm * random.normal(), field.heightNm);
  molecule.angle += turnRadians * random.normal();
}

/**
 * Raises the pixels under a molecule; where hills overlap the higher one counts, as for a tip.
 *
 * @param relief heights above the surface in nanometres, rows of `width` pixels
 */
export function raise(relief: Float64Array, width: number, pixelSizeNm: number, molecule: Molecule): void {
  const height = relief.length / width;
  const { x, y, angle, heightNm, longNm, shortNm } = molecule;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const radius = reach * longNm;
  const clamp = (edgeNm: number, limit: number) => Math.min(limit, Math.max(0, Math.ceil(edgeNm / pixelSizeNm)));
  const [left, right] = [clamp(x - radius, width), clamp(x + radius, width)];
  const [top, bottom] = [clamp(y - radius, height), clamp(y + radius, height)];
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const dx = column * pixelSizeNm - x;
      const dy = row * pixelSizeNm - y;
      const along = (dx * cosine + dy * sine) / longNm;
      const across = (dy * cosine - dx * sine) / shortNm;
      const hill = heightNm * Math.exp(-0.5 * (along * along + across * across));
      const index = row * width + column;
      relief[index] = Math.max(relief[index] as number, hill);
    }
  }
}

/** Position between 0 and `length` after reflection at both ends. */
function reflect(position: number, length: number): number {
  const folded = Math.abs(position) % (2 * length);
  return folded > length ? 2 * length - folded : folded;
}
