import type { Problem } from "@sluice/proto";
import { problem } from "./problem.ts";

/** What a fault says besides its field. */
export interface Fault {
  readonly reason: string;
  readonly message: string;
  readonly got: string;
  readonly allowed: readonly string[];
  readonly remedy?: string;
}

/** Collects faults, so that all of them are named at once. */
export class FaultList {
  readonly problems: Problem[] = [];

  add(field: string, fault: Fault): void {
    this.problems.push(problem({ remedy: "Correct the header.", ...fault, field }));
  }

  /** Adds what is wrong with a number that must be finite and, if asked for, positive; undefined is fine. */
  checkNumber(
    field: string,
    value: number | undefined,
    sign: "positive" | "nonnegative" | "nonzero" | "any" = "any",
  ): void {
    if (value === undefined) return;
    const fits = { positive: value > 0, nonnegative: value >= 0, nonzero: value !== 0, any: true };
    if (Number.isFinite(value) && fits[sign]) return;
    const allowed = {
      positive: "a finite number > 0",
      nonnegative: "a finite number >= 0",
      nonzero: "a finite number other than 0",
      any: "a finite number",
    };
    this.add(field, {
      reason: "NUMBER_INVALID",
      message: "The number has no meaning here.",
      got: String(value),
      allowed: [allowed[sign]],
      remedy: "Leave out what is not known.",
    });
  }

  /** Adds what is wrong with ids: each is >= 1 and unique. */
  checkIds(kind: string, fields: readonly string[], ids: readonly number[]): void {
    const seen = new Set<number>();
    for (const [index, id] of ids.entries()) {
      if (Number.isSafeInteger(id) && id >= 1 && id <= 0xffff_ffff && !seen.has(id)) {
        seen.add(id);
        continue;
      }
      this.add(`${fields[index]}.${kind}`, {
        reason: seen.has(id) ? "ID_DUPLICATE" : "ID_INVALID",
        message: seen.has(id) ? "Two specs have the same id." : "The id is no handle.",
        got: String(id),
        allowed: ["a number >= 1, unique in the stream"],
      });
    }
  }

  /** Adds what is wrong with names: each is a relative path of plain segments, and unique. */
  checkNames(fields: readonly string[], names: readonly string[]): void {
    const seen = new Set<string>();
    for (const [index, name] of names.entries()) {
      const valid = isName(name);
      if (valid && !seen.has(name)) {
        seen.add(name);
        continue;
      }
      this.add(`${fields[index]}.name`, {
        reason: valid ? "NAME_DUPLICATE" : "NAME_INVALID",
        message: valid ? "Two specs have the same name." : "The name is no path inside the dataset.",
        got: quote(name),
        allowed: [
          '1 to 255 characters, unique; segments joined by "/", none empty, "." or ".."; no control characters',
        ],
      });
    }
  }
}

/** Text for people: quoted, and short whatever was sent. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}...` : text);
}

/** The field of a spec: by its name where that is fit to print, else by its place. */
export function specField(kind: string, index: number, name: string): string {
  return isName(name) ? `${kind}.${name}` : `${kind}[${index}]`;
}

function isName(name: string): boolean {
  if (name === "" || name.length > 255 || /\p{Cc}/u.test(name)) return false;
  return name.split("/").every((segment) => segment !== "" && segment !== "." && segment !== "..");
}
