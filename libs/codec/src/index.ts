export * from "./adaptive-deflate.ts";
export * from "./compressor.ts";
export * from "./in-order.ts";
export { defaultLookAhead } from "./pool.ts";
export * from "./probe.ts";
export type { DeflateContainer, DeflateStrategy } from "./strategy.ts";
