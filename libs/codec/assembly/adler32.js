"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.adler32 = adler32;
/** Largest prime below 2^16. */
const modulus = 65521;
/** Bytes after which a 32-bit sum might overflow (RFC 1950, section 9), in whole steps of 16. */
const safeBytes = 5552;
/** Adler-32 of RFC 1950 of `length` bytes, 16 at a time. */
function adler32(from, length) {
    let sum = 1;
    let sumOfSums = 0;
    for (; length >= 16;) {
        const count = min(length, safeBytes) & ~15;
        let bytes = i32x4.splat(0);
        let before = i32x4.splat(0);
        let weighted = i32x4.splat(0);
        for (const end = from + count; from < end; from += 16) {
            const sixteen = v128.load(from);
            const low = i16x8.extend_low_i8x16_u(sixteen);
            const high = i16x8.extend_high_i8x16_u(sixteen);
            before = i32x4.add(before, bytes);
            bytes = i32x4.add(bytes, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(sixteen)));
            weighted = i32x4.add(weighted, i32x4.dot_i16x8_s(low, i16x8(16, 15, 14, 13, 12, 11, 10, 9)));
            weighted = i32x4.add(weighted, i32x4.dot_i16x8_s(high, i16x8(8, 7, 6, 5, 4, 3, 2, 1)));
        }
        sumOfSums += sum * count + lanes(i32x4.add(weighted, i32x4.shl(before, 4)));
        sum += lanes(bytes);
        sumOfSums %= modulus;
        sum %= modulus;
        length -= count;
    }
    for (; length > 0; length--, from++) {
        sum += load(from);
        sumOfSums += sum;
    }
    return ((sumOfSums % modulus) << 16) | (sum % modulus);
}
function lanes(sums) {
    return (i32x4.extract_lane(sums, 0) +
        i32x4.extract_lane(sums, 1) +
        i32x4.extract_lane(sums, 2) +
        i32x4.extract_lane(sums, 3));
}
