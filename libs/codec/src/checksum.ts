import { crc32 as zlibCrc32 } from "node:zlib";
import { crc32c as nativeCrc32c } from "@node-rs/crc32";

/** CRC-32C (Castagnoli; RFC 3720, appendix B.4) of `bytes`, going on from the checksum of the bytes before them. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  return nativeCrc32c(bytes, before);
}

/** CRC-32 (ISO-HDLC: zip, gzip, PNG) of `bytes`, going on from the checksum of the bytes before them. */
export function crc32(bytes: Uint8Array, before = 0): number {
  return zlibCrc32(bytes, before);
}
