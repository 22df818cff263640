// Lengths and distances of matches as symbols and the extra bits after them (RFC 1951, section 3.2.5).
import { firstLength } from "./alphabet";

export const longestMatch: u32 = 258;
export const shortestMatch: u32 = 3;
/** How far back a match may reach. */
export const windowBytes: usize = 32 * 1024;

export function lengthSymbol(length: u32): u32 {
  if (length === longestMatch) return firstLength + 28;
  const steps = length - shortestMatch;
  if (steps < 8) return firstLength + steps;
  const extra = 29 - <u32>clz(steps);
  return firstLength + (extra << 2) + (steps >> extra);
}

/** Bits after a symbol of length that choose among its lengths. */
export function lengthExtraBits(symbol: u32): u32 {
  if (symbol < firstLength + 8 || symbol === firstLength + 28) return 0;
  return (symbol - firstLength - 4) >> 2;
}

export function distanceSymbol(distance: u32): u32 {
  const steps = distance - 1;
  if (steps < 2) return steps;
  const extra = 30 - <u32>clz(steps);
  return (extra << 1) + (steps >> extra);
}

/** Bits after a symbol of distance that choose among its distances. */
export function distanceExtraBits(symbol: u32): u32 {
  return symbol < 4 ? 0 : (symbol >> 1) - 1;
}
