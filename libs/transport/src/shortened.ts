import type { Problem } from "@sluice/proto";

/** Bytes of UTF-8 that each field of a problem may have in a status. */
const budgets = { reason: 64, message: 512, field: 256, got: 512, remedy: 512, branchId: 128 } as const;
const allowedCount = 16;
const allowedBudget = 96;

/** A problem that fits into the trailers of a call: at most 3.6 KiB, 5 KiB in base64. */
export function shortened(whole: Problem): Problem {
  return {
    ...whole,
    reason: cut(whole.reason, budgets.reason),
    message: cut(whole.message, budgets.message),
    field: cut(whole.field, budgets.field),
    got: cut(whole.got, budgets.got),
    remedy: cut(whole.remedy, budgets.remedy),
    branchId: cut(whole.branchId, budgets.branchId),
    allowed: whole.allowed.slice(0, allowedCount).map((value) => cut(value, allowedBudget)),
  };
}

/** Well-formed text of at most so many bytes of UTF-8; grpc-js throws on half a surrogate pair. */
function cut(text: string, maximumBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maximumBytes) return bytes.toString();
  const ellipsis = "…";
  let end = maximumBytes - Buffer.byteLength(ellipsis);
  while ((bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end) + ellipsis;
}
