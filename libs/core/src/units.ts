/** An exact ratio: the quotient of two integers that float64 holds, so that a division rounds once. */
interface Ratio {
  readonly numerator: number;
  readonly denominator: number;
}

/** Powers of ten relative to the base unit, by UDUNITS-2 prefix name and symbol. */
const prefixes: readonly (readonly [name: string, symbols: readonly string[], exponent: number])[] = [
  ["", [""], 0],
  ["centi", ["c"], -2],
  ["milli", ["m"], -3],
  ["micro", ["u", "\u00b5", "\u03bc"], -6],
  ["nano", ["n"], -9],
  ["pico", ["p"], -12],
];

/** Value in micrometers of a length in a UDUNITS-2 unit, correctly rounded; undefined when the unit is no length. */
export function toMicrometers(value: number, unit: string): number | undefined {
  return convert(value, micrometersPer.get(unit.trim()));
}

/** Value in nanometers of a length in a UDUNITS-2 unit, correctly rounded; undefined when the unit is no length. */
export function toNanometers(value: number, unit: string): number | undefined {
  return convert(value, nanometersPer.get(unit.trim()));
}

/** Value in seconds of a time in a UDUNITS-2 unit, correctly rounded; undefined when the unit is no time. */
export function toSeconds(value: number, unit: string): number | undefined {
  return convert(value, secondsPer.get(unit.trim()));
}

const micrometersPer = lengths(6);
const nanometersPer = lengths(9);

const secondsPer = new Map<string, Ratio>([
  ...prefixed(["second"], "s", 0),
  ["sec", ratio(0)],
  ...["minute", "minutes", "min"].map((name) => [name, { numerator: 60, denominator: 1 }] as const),
  ...["hour", "hours", "hr", "h"].map((name) => [name, { numerator: 3600, denominator: 1 }] as const),
  ...["day", "days", "d"].map((name) => [name, { numerator: 86_400, denominator: 1 }] as const),
]);

/** Lengths in units of which a meter has ten to the power of `shift`. */
function lengths(shift: number): Map<string, Ratio> {
  return new Map<string, Ratio>([
    ...prefixed(["meter", "metre"], "m", shift),
    ...["micron", "microns"].map((name) => [name, ratio(shift - 6)] as const),
    ...["angstrom", "angstroms", "\u00c5", "\u212b"].map((name) => [name, ratio(shift - 10)] as const),
  ]);
}

function prefixed(names: readonly string[], symbol: string, shift: number): [string, Ratio][] {
  return prefixes.flatMap(([prefix, symbols, exponent]) => {
    const spelled = [
      ...names.flatMap((name) => [`${prefix}${name}`, `${prefix}${name}s`]),
      ...symbols.map((letter) => `${letter}${symbol}`),
    ];
    return spelled.map((name): [string, Ratio] => [name, ratio(exponent + shift)]);
  });
}

function ratio(exponent: number): Ratio {
  return exponent < 0 ? { numerator: 1, denominator: 10 ** -exponent } : { numerator: 10 ** exponent, denominator: 1 };
}

function convert(value: number, factor: Ratio | undefined): number | undefined {
  return factor && (value * factor.numerator) / factor.denominator;
}
