import { type Problem } from "@sluice/proto";
import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { problem, SluiceError } from "./problem.ts";

/** A strict object schema: unknown keys are refused, every key has a default or is optional. */
export type OptionSchema<Output> = v.GenericSchema<unknown, Output>;

/** The checked options, or one problem for each fault. */
export type Parsed<Output> = { readonly options: Output; readonly problems: [] } | { readonly problems: Problem[] };

/**
 * Checks options against their schema.
 *
 * @param field path that problems are named under, e.g. "branches[0].options"
 */
export function parseOptions<Output>(schema: OptionSchema<Output>, raw: unknown, field: string): Parsed<Output> {
  const result = v.safeParse(schema, raw);
  if (result.success) return { options: result.output, problems: [] };
  return { problems: result.issues.map((issue) => issueProblem(issue, schema, field)) };
}

/** Checks options and throws the first fault. */
export function requireOptions<Output>(schema: OptionSchema<Output>, raw: unknown, field: string): Output {
  const parsed = parseOptions(schema, raw, field);
  if ("options" in parsed) return parsed.options;
  throw new SluiceError(parsed.problems[0] as Problem);
}

/** JSON Schema (draft-07) of options, for ListFormats and `sluice formats`. */
export function jsonSchemaOf(schema: OptionSchema<unknown>): Record<string, unknown> {
  return toJsonSchema(schema, { typeMode: "input", errorMode: "ignore" }) as Record<string, unknown>;
}

function issueProblem(issue: v.BaseIssue<unknown>, schema: OptionSchema<unknown>, field: string): Problem {
  const path = v.getDotPath(issue);
  const unknown = issue.type === "strict_object" && issue.expected === "never";
  return problem({
    reason: unknown ? "OPTION_UNKNOWN" : "OPTION_INVALID",
    message: unknown ? "There is no option of this name." : "The option has a value that is not allowed.",
    field: path ? `${field}.${path}` : field,
    got: issue.received,
    allowed: unknown ? optionNames(schema) : [issue.expected ?? issue.message],
    remedy: unknown ? "Leave it out or correct its name." : "Correct the value or leave it out for the default.",
  });
}

function optionNames(schema: OptionSchema<unknown>): string[] {
  return "entries" in schema ? Object.keys(schema.entries as object) : [];
}
