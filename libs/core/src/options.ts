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
  const named = { field: path ? `${field}.${path}` : field };
  if (issue.type === "strict_object" && issue.expected === "never") {
    return problem({
      ...named,
      reason: "OPTION_UNKNOWN",
      message: "There is no option of this name.",
      got: issue.received,
      allowed: optionNames(schema),
      remedy: "Leave it out or correct its name.",
    });
  }
  if (issue.type === "strict_object" && issue.received === "undefined") {
    return problem({
      ...named,
      reason: "OPTION_MISSING",
      message: "The option must be given: it has no default.",
      got: "nothing",
      remedy: "Give it a value.",
    });
  }
  return problem({
    ...named,
    reason: "OPTION_INVALID",
    message: "The option has a value that is not allowed.",
    got: received(issue),
    allowed: allowedBy(issue),
    remedy: "Correct the value or leave it out for the default.",
  });
}

function optionNames(schema: OptionSchema<unknown>): string[] {
  return "entries" in schema ? Object.keys(schema.entries as object) : [];
}

const mostShown = 80;

/** The value as it was given, cut where it is long. */
function received({ input, received: text }: v.BaseIssue<unknown>): string {
  return shortened(typeof input === "object" ? JSON.stringify(input) : text);
}

function shortened(text: string): string {
  return text.length > mostShown ? `${text.slice(0, mostShown)}...` : text;
}

/** Valibot's names of types, for people. */
const typeNames: Readonly<Record<string, string>> = {
  Array: "a list",
  Object: "an object",
  boolean: "true or false",
  number: "a number",
  string: "a text",
};

/** What the schema says in words of its own; else each choice, or the bound, that valibot expects. */
function allowedBy({ type, expected, message }: v.BaseIssue<unknown>): string[] {
  if (!message.startsWith("Invalid ")) return [message];
  if (type === "integer") return ["an integer"];
  const choices = (expected ?? message).replace(/^\((.*)\)$/s, "$1").split(" | ");
  return choices.map((choice) => typeNames[choice] ?? choice.replace(/^"(.*)"$/s, "$1"));
}
