"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.putBlock = putBlock;
exports.putEmptyBlock = putEmptyBlock;
exports.putSeam = putSeam;
const alphabet_1 = require("./alphabet");
const bits_1 = require("./bits");
const prefix_code_1 = require("./prefix-code");
/** Kinds of blocks (RFC 1951, section 3.2.3). */
const stored = 0;
const fixedCodes = 1;
const dynamicCodes = 2;
const largestStored = 65535;
const describedSymbols = alphabet_1.literalSymbols + alphabet_1.distanceSymbols;
const lengths = memory.data(259);
const entries = memory.data(4 * 257);
/** What describes `lengths`: symbols of the alphabet of lengths, as symbol + (extra bits << 8). */
const tokens = memory.data(4 * 259);
const tokenCounts = memory.data(4 * 19);
const tokenLengths = memory.data(19);
const tokenEntries = memory.data(4 * 19);
/** The order in which the lengths of the codes for lengths are written. */
const tokenOrder = memory.data([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);
/**
 * Writes the bytes [from, end) as one block of literals, or as stored blocks where that is no longer. `counts` are how
 * often each symbol occurs, the end of block once.
 */
function putBlock(from, end, counts, last) {
    (0, prefix_code_1.codeLengths)(counts, alphabet_1.literalSymbols, alphabet_1.literalBits, lengths);
    memory.fill(lengths + alphabet_1.literalSymbols, 1, alphabet_1.distanceSymbols);
    const tokenTotal = describeLengths();
    (0, prefix_code_1.codeLengths)(tokenCounts, alphabet_1.lengthSymbols, alphabet_1.lengthBits, tokenLengths);
    const ordered = orderedTokenLengths();
    if (headerBits(ordered) + literalsBits(counts) >= storedBits(end - from)) {
        putStored(from, end, last);
        return;
    }
    putHeader(tokenTotal, ordered, last);
    (0, prefix_code_1.assignCodes)(lengths, alphabet_1.literalSymbols, alphabet_1.literalBits, entries);
    (0, bits_1.putLiterals)(from, end, entries);
    putEntry(entries, alphabet_1.endOfBlock);
}
/** A whole stream without bytes: the shortest last block. */
function putEmptyBlock() {
    (0, bits_1.putBits)(1, 1);
    (0, bits_1.putBits)(fixedCodes, 2);
    (0, bits_1.putBits)(0, 7);
}
/** Fills up to a whole byte in a way that readers skip, so that another stream can follow. */
function putSeam() {
    putStoredHead(0, false);
}
function putStored(from, end, last) {
    while (from < end) {
        const count = min(end - from, largestStored);
        putStoredHead(count, last && from + count === end);
        (0, bits_1.putBytes)(from, count);
        from += count;
    }
}
function putStoredHead(count, last) {
    (0, bits_1.putBits)(last ? 1 : 0, 1);
    (0, bits_1.putBits)(stored, 2);
    (0, bits_1.alignBits)();
    (0, bits_1.putBits)(count, 16);
    (0, bits_1.putBits)(count ^ 0xffff, 16);
}
/** At most: the bits before a whole byte are counted as 7. */
function storedBits(bytes) {
    const blocks = (bytes + largestStored - 1) / largestStored;
    return 8 * bytes + blocks * (3 + 7 + 32);
}
function literalsBits(counts) {
    let sum = 0;
    for (let symbol = 0; symbol < alphabet_1.literalSymbols; symbol++) {
        sum += load(counts + (symbol << 2)) * load(lengths + symbol);
    }
    return sum;
}
/** Fills `tokens` and `tokenCounts`: lengths, and runs of one length or of zeros. Returns how many tokens. */
function describeLengths() {
    memory.fill(tokenCounts, 0, 4 * alphabet_1.lengthSymbols);
    let total = 0;
    for (let symbol = 0; symbol < describedSymbols;) {
        const length = load(lengths + symbol);
        let run = 1;
        while (symbol + run < describedSymbols && load(lengths + symbol + run) === length)
            run++;
        symbol += run;
        if (length === 0) {
            for (; run >= 11; run -= min(run, 138))
                addToken(total++, 18, min(run, 138) - 11);
            if (run >= 3) {
                addToken(total++, 17, run - 3);
                run = 0;
            }
        }
        else {
            addToken(total++, length, 0);
            run--;
            for (; run >= 3; run -= min(run, 6))
                addToken(total++, 16, min(run, 6) - 3);
        }
        for (; run > 0; run--)
            addToken(total++, length, 0);
    }
    return total;
}
function addToken(index, symbol, extra) {
    store(tokens + (index << 2), symbol | (extra << 8));
    const count = tokenCounts + (symbol << 2);
    store(count, load(count) + 1);
}
/** Bits that say how often a length is repeated, after the symbols 16, 17 and 18. */
function extraBits(symbol) {
    if (symbol < 16)
        return 0;
    return symbol === 16 ? 2 : symbol === 17 ? 3 : 7;
}
/** How many of the ordered lengths are written: the zeros at their end are not, but at least 4 lengths are. */
function orderedTokenLengths() {
    let ordered = alphabet_1.lengthSymbols;
    while (ordered > 4 && load(tokenLengths + load(tokenOrder + ordered - 1)) === 0)
        ordered--;
    return ordered;
}
function headerBits(ordered) {
    let sum = 3 + 5 + 5 + 4 + 3 * ordered;
    for (let symbol = 0; symbol < alphabet_1.lengthSymbols; symbol++) {
        sum += load(tokenCounts + (symbol << 2)) * (load(tokenLengths + symbol) + extraBits(symbol));
    }
    return sum;
}
function putHeader(tokenTotal, ordered, last) {
    (0, bits_1.putBits)(last ? 1 : 0, 1);
    (0, bits_1.putBits)(dynamicCodes, 2);
    (0, bits_1.putBits)(alphabet_1.literalSymbols - 257, 5);
    (0, bits_1.putBits)(alphabet_1.distanceSymbols - 1, 5);
    (0, bits_1.putBits)(ordered - 4, 4);
    for (let i = 0; i < ordered; i++)
        (0, bits_1.putBits)(load(tokenLengths + load(tokenOrder + i)), 3);
    (0, prefix_code_1.assignCodes)(tokenLengths, alphabet_1.lengthSymbols, alphabet_1.lengthBits, tokenEntries);
    for (let i = 0; i < tokenTotal; i++) {
        const token = load(tokens + (i << 2));
        putEntry(tokenEntries, token & 0xff);
        (0, bits_1.putBits)(token >> 8, extraBits(token & 0xff));
    }
}
function putEntry(codes, symbol) {
    const entry = load(codes + (symbol << 2));
    (0, bits_1.putBits)(entry & 0xffff, entry >> 16);
}
