import { type RawOptions, SluiceError } from "@sluice/core";
import { parseValue } from "./value.ts";

/** Options by owner: a format to write, or "input" for the loader. */
export type Settings = ReadonlyMap<string, RawOptions>;

/**
 * Reads `FORMAT.OPTION=VALUE` settings. A value is JSON where it parses as JSON (numbers, true, false, null, quoted
 * text, lists), else text.
 */
export function parseSettings(texts: readonly string[], owners: readonly string[]): Settings {
  const settings = new Map<string, Record<string, unknown>>();
  for (const text of texts) {
    const match = /^([^.=]+)\.([^=]+)=(.*)$/s.exec(text);
    if (!match) throw malformed(text, "A setting has the form FORMAT.OPTION=VALUE.", ["FORMAT.OPTION=VALUE"]);
    const [, owner = "", option = "", value = ""] = match;
    if (!owners.includes(owner)) {
      throw malformed(text, `This export does not write ${JSON.stringify(owner)}.`, owners);
    }
    const options = settings.get(owner) ?? {};
    if (Object.hasOwn(options, option)) throw malformed(text, "The same option is set twice.", []);
    options[option] = parseValue(value);
    settings.set(owner, options);
  }
  return settings;
}

function malformed(text: string, message: string, allowed: readonly string[]): SluiceError {
  return new SluiceError({
    reason: "SETTING_INVALID",
    message,
    field: "--set",
    got: text,
    allowed,
    remedy: "Correct the setting; `sluice formats` lists every option.",
  });
}
