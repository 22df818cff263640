import type { NwbFile } from "../model/nwb-file.ts";
import type { Session, Texts } from "../session/session.ts";
import { timeStampOf } from "../session/time-stamp.ts";
import { type Specifications } from "../specifications/index.ts";
import { version } from "../version.ts";

/** Groups that must be there, even empty. */
const mandatoryGroups = [
  "acquisition",
  "analysis",
  "general",
  "processing",
  "stimulus",
  "stimulus/presentation",
  "stimulus/templates",
];

/** Writes what every file has: the root, the session, the subject. */
export async function writeRoot(
  file: NwbFile,
  session: Session,
  specifications: Specifications,
  { uuid, now }: { uuid(): string; now(): Date },
): Promise<void> {
  const cache = file.group("specifications");
  file.describeRoot({ nwb_version: file.schemaVersion, ".specloc": cache });
  for (const path of mandatoryGroups) file.group(path);
  await file.dataset("identifier", session.identifier ?? uuid());
  await file.dataset("session_description", session.description);
  await file.dataset("session_start_time", session.startTime);
  await file.dataset("timestamps_reference_time", session.startTime);
  // May grow: whoever changes the file adds when.
  await file.dataset("file_create_date", [timeStampOf(now())], { shape: [1], maxShape: [null], chunks: [1] });
  for (const [name, text] of session.general) await file.dataset(`general/${name}`, text);
  for (const [name, texts] of session.lists) await file.dataset(`general/${name}`, texts);
  await file.dataset("general/was_generated_by", ["Sluice", version], { shape: [1, 2] });
  if (session.subject) await writeSubject(file, session.subject);
  await writeSpecifications(file, specifications);
}

async function writeSubject(file: NwbFile, subject: Texts): Promise<void> {
  file.group("general/subject", "Subject");
  for (const [name, text] of subject) {
    const attributes = name === "age" ? { attributes: { reference: "birth" } } : {};
    await file.dataset(`general/subject/${name}`, text, attributes);
  }
}

/** The schema, as readers find it: namespace, version, one text for each of its files. */
async function writeSpecifications(file: NwbFile, specifications: Specifications): Promise<void> {
  for (const [namespace, { version: own, modules }] of Object.entries(specifications)) {
    for (const [module, text] of Object.entries(modules)) {
      await file.dataset(`specifications/${namespace}/${own}/${module}`, text);
    }
  }
}
