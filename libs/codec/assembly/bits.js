"use strict";
// One stream of bits is written at a time, lowest bit first (RFC 1951, section 3.1.1).
Object.defineProperty(exports, "__esModule", { value: true });
exports.beginBits = beginBits;
exports.putBits = putBits;
exports.alignBits = alignBits;
exports.putBytes = putBytes;
exports.putLiterals = putLiterals;
let bits = 0;
/** Bits that wait in `bits`: fewer than 8 between two calls. */
let waiting = 0;
let place = 0;
/** Begins at `out`. Up to 8 bytes past the end of the stream are overwritten. */
function beginBits(out) {
    bits = 0;
    waiting = 0;
    place = out;
}
/** Writes the low `count` bits of `value`, which has no others; at most 56. */
function putBits(value, count) {
    bits |= value << waiting;
    waiting += count;
    store(place, bits);
    place += (waiting >> 3);
    bits >>= waiting & ~7;
    waiting &= 7;
}
/** Fills the byte with zeros. Returns where the next one begins. */
function alignBits() {
    if (waiting > 0)
        putBits(0, 8 - waiting);
    return place;
}
/** Writes bytes at a whole byte. */
function putBytes(from, length) {
    memory.copy(place, from, length);
    place += length;
}
/** Writes the codes of the bytes [from, end); `entries` are code + (length << 16), 14 bits at most. */
function putLiterals(from, end, entries) {
    // Globals live in memory; in the loop everything is to stay in registers.
    let held = bits;
    let count = waiting;
    let out = place;
    for (; from + 8 <= end; from += 8) {
        const eight = load(from);
        const first = entry(entries, eight);
        held |= code(first) << count;
        count += length(first);
        const second = entry(entries, eight >> 8);
        held |= code(second) << count;
        count += length(second);
        const third = entry(entries, eight >> 16);
        held |= code(third) << count;
        count += length(third);
        const fourth = entry(entries, eight >> 24);
        held |= code(fourth) << count;
        count += length(fourth);
        store(out, held);
        out += (count >> 3);
        held >>= count & ~7;
        count &= 7;
        const fifth = entry(entries, eight >> 32);
        held |= code(fifth) << count;
        count += length(fifth);
        const sixth = entry(entries, eight >> 40);
        held |= code(sixth) << count;
        count += length(sixth);
        const seventh = entry(entries, eight >> 48);
        held |= code(seventh) << count;
        count += length(seventh);
        const eighth = entry(entries, eight >> 56);
        held |= code(eighth) << count;
        count += length(eighth);
        store(out, held);
        out += (count >> 3);
        held >>= count & ~7;
        count &= 7;
    }
    bits = held;
    waiting = count;
    place = out;
    for (; from < end; from++) {
        const last = entry(entries, load(from));
        putBits(code(last), length(last));
    }
}
function entry(entries, byte) {
    return load(entries + ((byte & 255) << 2));
}
function code(item) {
    return item & 0xffff;
}
function length(item) {
    return item >> 16;
}
