import { Code } from "@sluice/core";
import type { Problem } from "@sluice/proto";

/**
 * A problem as a caller on another machine may see it: the message of an INTERNAL error, which may hold paths or values
 * of this machine, is replaced. The whole problem belongs into the service's log.
 */
export function publicProblem(whole: Problem): Problem {
  if (whole.reason !== "INTERNAL" && whole.grpcCode !== Code.UNKNOWN) return whole;
  return {
    ...whole,
    message: "The service failed.",
    got: "",
    allowed: [],
    remedy: "Look into the log of the service, or ask its operator.",
  };
}
