import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds that anything may take that should happen soon; generous, for a busy machine. */
export const patienceMs = 60_000;

/** Asks again and again until the answer is neither undefined nor false; fails with `what` after a minute. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`This did not happen within ${patienceMs / 1000} s: ${what}`);
    await sleep(10);
  }
}
