/**
 * Makes calls, each with a later deadline than the one before, until one gets to where it is to be cut before its
 * deadline passes; gives what `call` gives for it. How long that takes is the machine's affair.
 *
 * @param call gives undefined when the deadline passed too early
 */
export async function pastDeadline<T>(call: (deadline: Date) => Promise<T | undefined>): Promise<T> {
  for (let patienceMs = 300; ; patienceMs *= 4) {
    const outcome = await call(new Date(Date.now() + patienceMs));
    if (outcome !== undefined) return outcome;
  }
}
