import { nameFault, SluiceError } from "@sluice/core";

/**
 * Refuses a path that is not a plain relative path with "/" between names that every system can hold.
 * A name that Windows or macOS cannot hold is refused everywhere, so that an export means the same on each machine.
 */
export function checkArtifactPath(path: string): void {
  const fault = pathFault(path);
  if (fault === undefined) return;
  throw new SluiceError({
    reason: "ARTIFACT_PATH_INVALID",
    message: `The path of an artifact ${fault}.`,
    field: "artifact.path",
    got: JSON.stringify(path),
    allowed: ["a relative path of portable names, such as stack.ome.tif or phy/spike_times.npy"],
    remedy: "Choose another name.",
  });
}

/** What is wrong with a relative path, as the end of a sentence; undefined for a good one. */
export function pathFault(path: string): string | undefined {
  if (path === "") return "is empty";
  if (path.startsWith("/")) return "is absolute";
  for (const name of path.split("/")) {
    const fault = nameFault(name);
    if (fault !== undefined) return `has a name that ${fault}`;
  }
  return undefined;
}

/** Paths taken by the artifacts of one export. Names that differ in case or composition alone are the same name. */
export class ArtifactPaths {
  readonly #files = new Map<string, string>();
  readonly #folders = new Map<string, string>();

  /** Checks a path and takes it; refuses one that another artifact has or needs as its folder. */
  claim(path: string): void {
    checkArtifactPath(path);
    const key = path.normalize("NFC").toLowerCase();
    const folders = [...key.matchAll(/\//g)].map(({ index }) => key.slice(0, index));
    const holder =
      this.#files.get(key) ?? this.#folders.get(key) ?? folders.map((folder) => this.#files.get(folder)).find(Boolean);
    if (holder !== undefined) {
      throw new SluiceError({
        reason: "ARTIFACT_PATH_TAKEN",
        message: "Two artifacts of one export need the same path.",
        field: "artifact.path",
        got: `${JSON.stringify(path)} beside ${JSON.stringify(holder)}`,
        allowed: ["paths that differ in more than upper and lower case"],
        remedy: "Give one of them another name.",
      });
    }
    this.#files.set(key, path);
    for (const folder of folders) this.#folders.set(folder, path);
  }
}
