import { allCountsBytes, firstDistance } from "./alphabet";
import { matchCost, sumLiteralCosts } from "./costs";
import { distanceSymbol, lengthSymbol, longestMatch, windowBytes } from "./match-symbols";
import { distance, longDistance, lookUp, remember, wordsBytes } from "./positions";
import { addSequence } from "./sequences";

/** A match that seems as dear as its bytes by this much, in sixteenths of a bit, is taken: use makes its symbols cheap. */
const benefitOfDoubt: i32 = 16;
/** Positions that are remembered at the beginning and at the end of a match: within long ones little is new. */
const rememberedFirst: usize = 16;
const rememberedLast: usize = 4;

/** Costs of the bytes of a step before each of them. */
const sums = memory.data(4 * (32 * 1024 + 1));

/**
 * Finds repeats in one step [from, end) of the data that begin at `origin`, adds them to the sequences and counts their
 * symbols. At each place three earlier ones are looked at, at most: the byte before and the latest two where as many
 * bytes were equal. The match that saves most is taken, and only if it costs less than the bytes that it stands for; so
 * that, unlike where the longest is taken, a far match of bytes that are cheap is not.
 */
export function findMatches(from: usize, end: usize, origin: usize, counts: usize): void {
  memory.fill(counts, 0, allCountsBytes);
  sumLiteralCosts(from, end, sums);
  let literals = from;
  for (let at = max(from, origin + 1); at + wordsBytes < end; ) {
    const place = at - origin;
    const reach = min(place, windowBytes);
    const most = min(<usize>longestMatch, end - at);
    const sum = sums + ((at - from) << 2);
    const four = load<u32>(at);
    let length: usize = 0;
    let chosen: usize = 0;
    let gain = -benefitOfDoubt;
    lookUp(at, place);
    const near = distance;
    const far = longDistance;
    if (load<u32>(at - 1) === four) {
      const found = lengthOf(at, 1, most);
      const saved = saving(sum, found, 1);
      if (saved > gain) {
        length = found;
        chosen = 1;
        gain = saved;
      }
    }
    if (far - 1 < reach && load<u64>(at - far) === load<u64>(at)) {
      const found = lengthOf(at, far, most);
      const saved = saving(sum, found, far);
      if (saved > gain) {
        length = found;
        chosen = far;
        gain = saved;
      }
    }
    if (near - 1 < reach && near !== far && load<u32>(at - near) === four) {
      const found = lengthOf(at, near, most);
      if (saving(sum, found, near) > gain) {
        length = found;
        chosen = near;
      }
    }
    if (length === 0) {
      at++;
      continue;
    }
    take(literals, at, length, chosen, counts);
    rememberMatch(at, min(at + length, end - wordsBytes), origin);
    at += length;
    literals = at;
  }
  take(literals, end, 0, 0, counts);
}

/** How many bytes are equal to those `distance` before, after 4 that are. */
function lengthOf(at: usize, distance: usize, most: usize): usize {
  let length: usize = 4;
  for (; length + 8 <= most; length += 8) {
    const difference = load<u64>(at + length) ^ load<u64>(at + length - distance);
    if (difference !== 0) return length + <usize>(ctz(difference) >> 3);
  }
  while (length < most && load<u8>(at + length) === load<u8>(at + length - distance)) length++;
  return length;
}

/** What a match costs less than its bytes, whose costs are `sum`. */
function saving(sum: usize, length: usize, distance: usize): i32 {
  return load<i32>(sum + (length << 2)) - load<i32>(sum) - matchCost(length, distance);
}

function take(literals: usize, at: usize, length: usize, distance: usize, counts: usize): void {
  addSequence(at - literals, length, distance);
  for (; literals < at; literals++) increment(counts, load<u8>(literals));
  if (length === 0) return;
  increment(counts, lengthSymbol(<u32>length));
  increment(counts, firstDistance + distanceSymbol(<u32>distance));
}

function increment(counts: usize, symbol: u32): void {
  const count = counts + ((<usize>symbol) << 2);
  store<u32>(count, load<u32>(count) + 1);
}

/** Remembers positions of a match at `at`, which was looked up, before `end`. */
function rememberMatch(at: usize, end: usize, origin: usize): void {
  const first = min(at + 1 + rememberedFirst, end);
  for (at++; at < first; at++) remember(at, at - origin);
  for (at = max(at, end - rememberedLast); at < end; at++) remember(at, at - origin);
}
