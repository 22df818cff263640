import type { Specifications } from "../specifications/index.ts";

/** Attribute of a type, as the schema language has it. */
export interface AttributeSpec {
  readonly name: string;
  readonly dtype?: unknown;
  readonly required?: boolean;
  readonly value?: unknown;
  readonly default_value?: unknown;
}

/** Dataset, group or link in a type. */
export interface MemberSpec {
  readonly name?: string;
  readonly neurodata_type_def?: string;
  readonly neurodata_type_inc?: string;
  readonly data_type_def?: string;
  readonly data_type_inc?: string;
  readonly target_type?: string;
  readonly quantity?: string | number;
  readonly dtype?: unknown;
  readonly shape?: readonly unknown[];
  readonly attributes?: readonly AttributeSpec[];
  readonly datasets?: readonly MemberSpec[];
  readonly groups?: readonly MemberSpec[];
  readonly links?: readonly MemberSpec[];
}

/** Types of a schema with what they inherit. */
export class Schema {
  readonly #definitions = new Map<string, MemberSpec>();

  constructor(specifications: Specifications) {
    for (const { modules } of Object.values(specifications)) {
      for (const [name, text] of Object.entries(modules)) {
        if (name !== "namespace") this.#define(JSON.parse(text) as MemberSpec);
      }
    }
  }

  /** The type and those that it builds on, itself first; empty for a type that the schema does not have. */
  lineage(type: string): MemberSpec[] {
    const found: MemberSpec[] = [];
    for (let spec = this.#definitions.get(type); spec; spec = this.#definitions.get(parentOf(spec) ?? "")) {
      found.push(spec);
    }
    return found;
  }

  /** True when a type is another one, or builds on it. */
  is(type: string | undefined, ancestor: string): boolean {
    return type !== undefined && this.lineage(type).some((spec) => definedType(spec) === ancestor);
  }

  /** Members of a kind, with those inherited; a type that says more of a member takes its place. */
  members(lineage: readonly MemberSpec[], kind: "attributes" | "datasets" | "groups" | "links"): MemberSpec[] {
    const named = new Map<string, MemberSpec>();
    for (const spec of lineage) {
      for (const member of (spec[kind] ?? []) as readonly MemberSpec[]) {
        const key = member.name ?? `type:${includedType(member) ?? member.target_type}`;
        if (!named.has(key)) named.set(key, member);
      }
    }
    return [...named.values()];
  }

  /** Definitions may stand inside others. */
  #define(spec: MemberSpec): void {
    const type = definedType(spec);
    if (type !== undefined) this.#definitions.set(type, spec);
    for (const member of [...(spec.datasets ?? []), ...(spec.groups ?? [])]) this.#define(member);
  }
}

/** The type that a member is to have. */
export function includedType(spec: MemberSpec): string | undefined {
  return definedType(spec) ?? parentOf(spec);
}

function definedType(spec: MemberSpec): string | undefined {
  return spec.neurodata_type_def ?? spec.data_type_def;
}

function parentOf(spec: MemberSpec): string | undefined {
  return spec.neurodata_type_inc ?? spec.data_type_inc;
}
