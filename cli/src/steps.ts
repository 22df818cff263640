import { type RawOptions, SluiceError } from "@sluice/core";
import { type AnalysisStep, KeptLayers } from "@sluice/proto";
import { parseValue } from "./value.ts";

/** What can be kept between the steps, by the names of the command line. */
export const layerChoices = {
  none: KeptLayers.KEPT_LAYERS_NONE,
  raw: KeptLayers.KEPT_LAYERS_RAW,
  all: KeptLayers.KEPT_LAYERS_ALL,
} as const;

/** Reads steps of the form `NAME` or `NAME:PARAMETER=VALUE,PARAMETER=VALUE`. */
export function parseSteps(texts: readonly string[]): AnalysisStep[] {
  return texts.map((text) => {
    const [, name = "", parameters] = /^([^:]*)(?::(.*))?$/s.exec(text.trim()) ?? [];
    if (name === "" || parameters === "") throw malformed(text, "A step has the form NAME or NAME:PARAMETER=VALUE,...");
    return { name, parameters: parameters === undefined ? {} : parseParameters(parameters, text) };
  });
}

/** Steps on images that give a mask or a table; all others give an image. */
const besideImage =
  /^afm\.(mask_.*|clear_mask|count_nonzero|feature_detection|log_blob_detection|particle_tracking|dbscan|k_means|x_means)$/;

/** True when one of the steps gives an image of other pixels; masks, tables and steps on spikes do not. */
export function changesPixels(steps: readonly AnalysisStep[]): boolean {
  return steps.some(({ name }) => name.startsWith("afm.") && !besideImage.test(name));
}

function parseParameters(text: string, whole: string): RawOptions & Record<string, unknown> {
  const parameters: Record<string, unknown> = {};
  for (const part of splitOutsideBrackets(text)) {
    const [, key = "", value = ""] = /^\s*([^=\s]+)\s*=(.*)$/s.exec(part) ?? [];
    if (key === "") throw malformed(whole, `${JSON.stringify(part)} is not of the form PARAMETER=VALUE.`);
    if (Object.hasOwn(parameters, key)) throw malformed(whole, `The parameter ${JSON.stringify(key)} is set twice.`);
    parameters[key] = parseValue(value.trim());
  }
  return parameters;
}

/** Commas inside of lists, objects and quoted text belong to the value. */
function splitOutsideBrackets(text: string): string[] {
  const parts = [""];
  let depth = 0;
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    else if (!quoted && "[{".includes(character)) depth++;
    else if (!quoted && "]}".includes(character)) depth--;
    if (character === "," && depth === 0 && !quoted) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts;
}

/** JSON where it parses as JSON (numbers, true, false, lists), else text. */
function malformed(text: string, message: string): SluiceError {
  return new SluiceError({
    reason: "STEP_INVALID",
    message,
    field: "--step",
    got: text,
    allowed: ["NAME", "NAME:PARAMETER=VALUE,..."],
    remedy: "Correct the step; `sluice steps` lists every step with its parameters.",
  });
}
