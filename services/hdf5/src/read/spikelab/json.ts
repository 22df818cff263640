import { unfitFile } from "./spikelab-error.ts";

/** The object that our exporter kept as JSON in an attribute; undefined where there is none. */
export function parsed(text: string | undefined, name: string): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  const value = jsonOf(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid("An attribute that must hold a JSON object holds none.", text, name);
}

/** The message that our exporter kept as JSON in an attribute; undefined where there is none. */
export function decoded<Message>(
  type: { fromJSON(json: unknown): Message },
  text: string | undefined,
  name: string,
): Message | undefined {
  const value = parsed(text, name);
  if (text === undefined || value === undefined) return undefined;
  try {
    return type.fromJSON(value);
  } catch (cause) {
    throw invalid("An attribute is not what this version of Sluice writes there.", text, name, cause);
  }
}

function invalid(message: string, text: string, name: string, cause?: unknown): Error {
  const remedy = "The file was changed or damaged; take another copy of it.";
  return unfitFile(
    { reason: "SPIKELAB_JSON_INVALID", message, field: `@${name}`, got: text.slice(0, 80), remedy },
    { cause },
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
