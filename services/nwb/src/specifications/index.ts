/** One namespace of the schema. Modules are the JSON of the schema's files, as readers find them in a file's cache. */
export interface SpecificationNamespace {
  readonly version: string;
  readonly modules: Readonly<Record<string, string>>;
}

/** The schema of one version of NWB with the namespaces that it builds on. */
export type Specifications = Readonly<Record<"core" | "hdmf-common" | "hdmf-experimental", SpecificationNamespace>>;

/** Versions that are written. */
export const schemaVersions = ["2.8.0", "2.9.0", "2.10.0"] as const;

export type SchemaVersion = (typeof schemaVersions)[number];

/** The schema of a version; read from disk when it is first asked for. */
export async function specificationsOf(version: SchemaVersion): Promise<Specifications> {
  return (await modules[version]()).specifications;
}

const modules: Readonly<Record<SchemaVersion, () => Promise<{ specifications: Specifications }>>> = {
  "2.8.0": () => import("./nwb-2.8.0.ts"),
  "2.9.0": () => import("./nwb-2.9.0.ts"),
  "2.10.0": () => import("./nwb-2.10.0.ts"),
};
