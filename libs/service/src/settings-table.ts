import { settingDescriptions } from "./configuration.ts";

/** All settings as a table in Markdown: what the operator's documentation holds. */
export function settingsTable(): string {
  const rows = settingDescriptions.map(({ variable, doc, fallback }) => {
    const shown = fallback === "" ? "unset" : `\`${fallback}\``;
    return `| \`${variable}\` | ${doc.replace(/\.$/, "")} | ${shown} |`;
  });
  return ["| variable | meaning | default |", "|---|---|---|", ...rows].join("\n");
}
