import { unfitFile } from "./spikelab-error.ts";

/** The object that our exporter kept as JSON in an attribute; undefined where there is none. */
export function parsed(text: string | undefined, name: string): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  const value = jsonOf(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw unfitFile({
    reason: "SPIKELAB_JSON_INVALID",
    message: "An attribute that must hold a JSON object holds none.",
    field: `@${name}`,
    got: text.slice(0, 80),
    remedy: "The file was changed or damaged; take another copy of it.",
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
