import { Code, SluiceError } from "@sluice/core";
import { op, protocols } from "./python/opcodes.ts";

/** What may follow the number of the protocol: a frame from protocol 4 on, else the first object. */
const firstCodes: ReadonlySet<number> = new Set([
  op.frame,
  op.emptyDict,
  op.emptyList,
  op.emptyTuple,
  op.mark,
  op.global,
  op.none,
  op.binunicode,
  op.shortBinunicode,
  op.binbytes,
  op.shortBinbytes,
]);

/** True when a file is a pickle, by its first bytes. */
export function isPickle(head: Uint8Array): boolean {
  const [first, protocol, next] = head;
  if (first !== op.proto || next === undefined) return false;
  return protocols.some((known) => known === protocol) && firstCodes.has(next);
}

/** PICKLE_NOT_LOADED: why no pickle is read, and what to do instead. */
export function pickleRefused(name: string): SluiceError {
  return new SluiceError({
    reason: "PICKLE_NOT_LOADED",
    message: "A pickle is a program that runs when it is loaded, so it is not read here.",
    field: "input",
    got: name,
    remedy:
      "If you trust whoever made it, load it in Python and save its arrays with numpy.savez, whose files can be read; a " +
      "pickle of ours comes from a file or stream that can be exported again.",
    grpcCode: Code.INVALID_ARGUMENT,
  });
}
