import { Code, SluiceError } from "./problem.ts";

/** Longest name of a file or folder that the usual file systems hold, in bytes of UTF-8. */
const maximumNameBytes = 255;
/** Stems leave room for what comes behind them. */
const maximumStemLength = 200;
const maximumDerivedBytes = 230;

/** Ending of the hidden files that hold an artifact until commit. */
export const partEnding = ".part";

const forbidden = /[\\/:*?"<>|]|\p{Control}|\p{Surrogate}/u;

// Windows keeps these for devices, in any case and with any extension (Microsoft: "Naming Files, Paths, and Namespaces").
const deviceName = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i;

/**
 * What is wrong with a name of a file or folder, as the end of a sentence; undefined for a good one. A name that Windows
 * or macOS cannot hold is refused everywhere, so that an export means the same on each machine.
 */
export function nameFault(name: string): string | undefined {
  if (name === "") return "is empty";
  if (name === "." || name === "..") return "is . or .., which lead to another folder";
  const bad = forbidden.exec(name)?.[0];
  if (bad !== undefined) return forbiddenFault(bad);
  if (/[. ]$/.test(name)) return "ends in a dot or a space, which Windows drops";
  if (deviceName.test(name)) return "is one that Windows keeps for a device";
  if (name.startsWith(".") && name.endsWith(partEnding)) return "is one that is kept for unfinished artifacts";
  if (Buffer.byteLength(name) > maximumNameBytes) return `has more than ${maximumNameBytes} bytes`;
  return undefined;
}

function forbiddenFault(character: string): string {
  if (/\p{Control}/u.test(character)) return `holds a control character, ${JSON.stringify(character)}`;
  if (/\p{Surrogate}/u.test(character)) return "holds half a character, which UTF-8 cannot store";
  return `holds ${character}, which Windows cannot store, nor any other of < > : " | ? * \\ /`;
}

/** A file name stem as it is, dots and all (`run_1.5um`), or NAME_INVALID: what the files could not be named by. */
export function requireStem(name: string, field: string): string {
  const fault = nameFault(name) ?? stemFault(name);
  if (fault === undefined) return name;
  throw new SluiceError({
    reason: "NAME_INVALID",
    message: `The stem of a file name ${fault}.`,
    field,
    got: JSON.stringify(name),
    allowed: [
      `1 to ${maximumStemLength} characters, none of \\ / : * ? " < > | or control characters, no blanks at the ends, no dot ` +
        "at the last, no device of Windows",
    ],
    remedy: "Choose another name.",
    grpcCode: Code.INVALID_ARGUMENT,
  });
}

function stemFault(name: string): string | undefined {
  if (name.trim() !== name) return "begins or ends with a blank";
  return name.length > maximumStemLength ? `has more than ${maximumStemLength} characters` : undefined;
}

/** A stem made of any text, such as a dataset's name: what cannot stand in a file name becomes `_`. */
export function stemOf(text: string): string {
  const cleaned = [...text.trim()].map((character) => (forbidden.test(character) ? "_" : character));
  // One is left for a `_` ahead.
  while (cleaned.length >= maximumStemLength || Buffer.byteLength(cleaned.join("")) > maximumDerivedBytes)
    cleaned.pop();
  const stem = cleaned.join("").replace(/[\s.]+$/u, "");
  if (stem === "") return "sluice_export";
  return nameFault(stem) === undefined ? stem : `_${stem}`;
}
