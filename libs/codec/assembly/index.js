"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.freeMemory = exports.adler32 = void 0;
exports.encode = encode;
// Deflate (RFC 1951) by Huffman codes alone, without a search for repeats. Compiled to WebAssembly by build.js.
const alphabet_1 = require("./alphabet");
const bits_1 = require("./bits");
const block_1 = require("./block");
const histogram_1 = require("./histogram");
var adler32_1 = require("./adler32");
Object.defineProperty(exports, "adler32", { enumerable: true, get: function () { return adler32_1.adler32; } });
/** Memory from here on is the caller's. */
exports.freeMemory = __heap_base;
/** Data is looked at in steps of this size: a block is as many of them as are alike. */
const stepBytes = 32 * 1024;
/** Bits that a new block must save: what its description costs, as a rule. */
const blockCost = 600;
const blockCounts = memory.data(4 * 257);
const stepCounts = memory.data(4 * 256);
const joinedCounts = memory.data(4 * 256);
/**
 * Deflates `length` bytes, at most 2^22, to `out`. Returns how many bytes that gave: never more than the input and 6
 * for each begun 32 KiB of it and 6 more. 8 bytes after them are overwritten. Unless it is the `last` of its stream,
 * another part can follow at once.
 */
function encode(from, length, out, last) {
    (0, bits_1.beginBits)(out);
    const end = from + length;
    let block = from;
    let blockBits = 0;
    memory.fill(blockCounts, 0, histogram_1.histogramBytes);
    for (let step = from; step < end; step += stepBytes) {
        (0, histogram_1.countBytes)(step, min(step + stepBytes, end), stepCounts);
        memory.copy(joinedCounts, blockCounts, histogram_1.histogramBytes);
        (0, histogram_1.addCounts)(joinedCounts, stepCounts);
        const stepBits = (0, histogram_1.entropyBits)(stepCounts);
        const joinedBits = (0, histogram_1.entropyBits)(joinedCounts);
        if (step > block && joinedBits > blockBits + stepBits + blockCost) {
            putCounted(block, step, false);
            block = step;
            blockBits = stepBits;
            memory.copy(blockCounts, stepCounts, histogram_1.histogramBytes);
        }
        else {
            blockBits = joinedBits;
            memory.copy(blockCounts, joinedCounts, histogram_1.histogramBytes);
        }
    }
    if (block < end)
        putCounted(block, end, last);
    else if (last)
        (0, block_1.putEmptyBlock)();
    if (!last)
        (0, block_1.putSeam)();
    return (0, bits_1.alignBits)() - out;
}
function putCounted(from, end, last) {
    store(blockCounts + (alphabet_1.endOfBlock << 2), 1);
    (0, block_1.putBlock)(from, end, blockCounts, last);
}
