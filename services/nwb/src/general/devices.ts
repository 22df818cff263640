import type { GroupWriter } from "@sluice/hdf5";
import type { FieldOrigin } from "@sluice/proto";
import type { NwbFile } from "../model/nwb-file.ts";
import { defaulted, type Session } from "../session/session.ts";

/** Name of the device that nothing is known of. */
export const defaultDeviceName = "device";

/** The devices of a file. Those that are named nowhere but in links are made when they are asked for. */
export class Devices {
  readonly origins: FieldOrigin[] = [];
  readonly #file: NwbFile;
  readonly #groups = new Map<string, GroupWriter>();

  constructor(file: NwbFile, { devices }: Session) {
    this.#file = file;
    for (const { name, texts } of devices) this.#make(name, Object.fromEntries(texts));
  }

  /** The device of that name; without a name the first one. */
  named(name: string | undefined): GroupWriter {
    if (name !== undefined) return this.#groups.get(name) ?? this.#make(name, {});
    const [first] = this.#groups.values();
    if (first) return first;
    this.origins.push(defaulted("dataset.metadata.devices", `a device that nothing is known of, ${defaultDeviceName}`));
    return this.#make(defaultDeviceName, {});
  }

  #make(name: string, attributes: Readonly<Record<string, string>>): GroupWriter {
    this.#file.group("general/devices");
    const group = this.#file.group(`general/devices/${name}`, "Device", attributes);
    this.#groups.set(name, group);
    return group;
  }
}
