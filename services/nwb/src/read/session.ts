import type { Hdf5File, Hdf5Group } from "@sluice/hdf5";
import { deviceTexts, generalLists, generalTexts, subjectTexts } from "../session/metadata.ts";
import { timeStamp } from "../session/time-stamp.ts";

/** What a file says of its session, by NWB's names, as the exporter takes them. */
export interface StoredSession {
  readonly metadata: Record<string, unknown>;
  readonly startTime: Date | undefined;
}

/** Reads the session, its subject, devices and groups of electrodes. */
export async function readSession(file: Hdf5File): Promise<StoredSession> {
  const metadata: Record<string, unknown> = {};
  await takeTexts(file, ["identifier", "session_description", "session_start_time"], metadata);
  if ((await file.kindOf("general")) === "group") await takeGeneral(await file.group("general"), metadata);
  const start = metadata["session_start_time"];
  const moment = typeof start === "string" ? timeStamp(start) : undefined;
  return { metadata, startTime: moment === undefined ? undefined : new Date(moment) };
}

async function takeGeneral(general: Hdf5Group, metadata: Record<string, unknown>): Promise<void> {
  await takeTexts(general, [...generalTexts], metadata);
  await takeTexts(general, [...generalLists], metadata);
  if ((await general.kindOf("subject")) === "group") {
    const subject: Record<string, unknown> = {};
    await takeTexts(await general.group("subject"), subjectTexts, subject);
    metadata["subject"] = subject;
  }
  const devices = await describedGroups(general, "devices", "Device", deviceTexts);
  if (devices.length > 0) metadata["devices"] = devices;
  const groups = await describedGroups(general, "extracellular_ephys", "ElectrodeGroup", ["description", "location"]);
  if (groups.length > 0) metadata["electrode_groups"] = groups;
}

async function takeTexts(group: Hdf5Group, names: readonly string[], into: Record<string, unknown>): Promise<void> {
  for (const name of names) {
    if ((await group.kindOf(name)) !== "dataset") continue;
    const dataset = await group.dataset(name);
    const isText = dataset.type === "text" || (typeof dataset.type === "object" && dataset.type.kind === "fixedText");
    if (!isText || dataset.shape === null || dataset.shape.length > 1) continue;
    const texts = await dataset.readText();
    into[name] = dataset.shape.length === 0 ? texts[0] : texts;
  }
}

/** Groups of a type with texts as attributes; a device of theirs by its name. */
async function describedGroups(
  general: Hdf5Group,
  folder: string,
  type: string,
  texts: readonly string[],
): Promise<Record<string, unknown>[]> {
  if ((await general.kindOf(folder)) !== "group") return [];
  const parent = await general.group(folder);
  const found: Record<string, unknown>[] = [];
  for (const { name, kind } of await parent.children()) {
    if (kind !== "group") continue;
    const group = await parent.group(name);
    const attributes = await group.attributes();
    if (attributes.get("neurodata_type") !== type) continue;
    const described: Record<string, unknown> = { name };
    for (const text of texts) if (typeof attributes.get(text) === "string") described[text] = attributes.get(text);
    const device = (await group.children()).find((child) => child.name === "device")?.target;
    if (device !== undefined) described["device"] = device.slice(device.lastIndexOf("/") + 1);
    found.push(described);
  }
  return found;
}
