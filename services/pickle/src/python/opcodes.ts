/** Opcodes of Python's pickle that we write (`pickletools.opcodes` tells what each does). */
export const op = {
  mark: 0x28, // (
  emptyTuple: 0x29, // )
  stop: 0x2e, // .
  binbytes: 0x42, // B
  shortBinbytes: 0x43, // C
  binfloat: 0x47, // G
  binint: 0x4a, // J
  binint1: 0x4b, // K
  binint2: 0x4d, // M
  none: 0x4e, // N
  reduce: 0x52, // R
  binunicode: 0x58, // X
  emptyList: 0x5d, // ]
  append: 0x61, // a
  build: 0x62, // b
  global: 0x63, // c
  appends: 0x65, // e
  binget: 0x68, // h
  longBinget: 0x6a, // j
  binput: 0x71, // q
  longBinput: 0x72, // r
  setitem: 0x73, // s
  tuple: 0x74, // t
  setitems: 0x75, // u
  emptyDict: 0x7d, // }
  proto: 0x80,
  newobj: 0x81,
  tuple1: 0x85,
  tuple2: 0x86,
  tuple3: 0x87,
  newtrue: 0x88,
  newfalse: 0x89,
  long1: 0x8a,
  shortBinunicode: 0x8c,
  binbytes8: 0x8e,
  stackGlobal: 0x93,
  memoize: 0x94,
  frame: 0x95,
} as const;

/** Versions of the pickle protocol that we write. */
export const protocols = [2, 3, 4, 5] as const;

export type Protocol = (typeof protocols)[number];

/** Most bytes of one bytes object: before protocol 4 its length has 32 bits. */
export function maximumBytes(protocol: Protocol): number {
  return protocol < 4 ? 2 ** 32 - 1 : Number.MAX_SAFE_INTEGER;
}
