import type { Hdf5Type } from "@sluice/hdf5";

/** True when elements of a type satisfy a data type of the schema, which names the least precision of a kind. */
export function satisfies(type: Hdf5Type | undefined, dtype: unknown): boolean {
  if (dtype === undefined || dtype === null) return true;
  if (typeof dtype === "object") {
    const isCompound = typeof type === "object" && type.kind === "compound";
    return Array.isArray(dtype) ? isCompound : type === "reference";
  }
  if (type === "text" || type === "reference" || type === "bool") return families[type].includes(dtype as string);
  if (typeof type !== "string") return false;
  const [, kind, bits] = /^(u?int|float)(\d+)$/.exec(type) ?? [];
  if (kind === undefined) return false;
  if (dtype === "numeric") return true;
  const [, wanted, least = "0"] = /^(u?int|float)(\d*)$/.exec(dtype as string) ?? [];
  const sameKind = wanted === kind || (wanted === "int" && kind === "uint" && least === "");
  return sameKind && Number(bits) >= Number(least);
}

/** Data types of the schema that these satisfy. */
const families: Readonly<Record<"text" | "reference" | "bool", readonly string[]>> = {
  text: ["text", "utf", "utf8", "utf-8", "ascii", "bytes", "isodatetime", "datetime"],
  reference: ["object", "reference"],
  bool: ["bool"],
};
