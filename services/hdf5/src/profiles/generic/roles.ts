import type { DatasetSpec } from "@sluice/proto";

/**
 * What arrays and tables are in the dataset, by name: the place in the dataset's JSON that names them, e.g.
 * "imageStacks/0/imageArray", "imageStacks/0/layers/1" or "segmentations/0/traceArrays/dff".
 */
export function rolesOf(dataset: DatasetSpec): ReadonlyMap<string, readonly string[]> {
  const roles = new Map<string, string[]>();
  const add = (name: unknown, role: string) => {
    if (typeof name === "string" && name !== "") roles.set(name, [...(roles.get(name) ?? []), role]);
  };
  const { imageStacks, spikeTrains, segmentations, responses, kymographs } = dataset;
  for (const [kind, contents] of Object.entries({ imageStacks, spikeTrains, segmentations, responses, kymographs })) {
    for (const [index, content] of contents.entries()) {
      for (const [field, value] of Object.entries(content as object)) {
        const role = `${kind}/${index}/${field}`;
        if (field === "layers")
          value.forEach((layer: { array: string }, at: number) => add(layer.array, `${role}/${at}`));
        else if (/(Array|Table)$/.test(field)) add(value, role);
        else if (/(Arrays|Tables)$/.test(field)) {
          for (const [meaning, name] of Object.entries(value)) add(name, `${role}/${meaning}`);
        }
      }
    }
  }
  return roles;
}
