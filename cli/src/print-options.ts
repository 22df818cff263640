/** JSON Schema of options, as far as it is shown. */
interface JsonSchema {
  readonly properties?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * Options for people, one line each: how to set it, what is allowed, the default, what it means.
 *
 * @param setting how an option of that name is set, without its value
 */
export function describeOptions(setting: (name: string) => string, schema: JsonSchema): string {
  return Object.entries(schema.properties ?? {})
    .map(([name, property]) => {
      const fallback = property.default === undefined ? "" : ` (default ${JSON.stringify(property.default)})`;
      return `    ${setting(name)}=${allowedOf(property)}${fallback} ${String(property.description ?? "")}`.trimEnd();
    })
    .join("\n");
}

function allowedOf(property: Readonly<Record<string, unknown>>): string {
  const choices = property.enum ?? property.anyOf ?? property.oneOf;
  if (Array.isArray(choices)) {
    return choices.map((choice) => (typeof choice === "object" ? allowedOf(choice) : String(choice))).join("|");
  }
  return String(property.const ?? property.type ?? "value").toUpperCase();
}
