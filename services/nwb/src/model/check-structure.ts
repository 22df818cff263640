import { Code, SluiceError } from "@sluice/core";
import { satisfies } from "./element-types.ts";
import type { NwbFile, ObjectFacts } from "./nwb-file.ts";
import { readerRules } from "./reader-rules.ts";
import { includedType, type MemberSpec, type Schema } from "./schema.ts";

/** Faults that an error names. */
const namedFaults = 20;

/**
 * Holds what was written against the schema, and against what readers ask for beyond it: files that the schema allows
 * and pynwb cannot read exist. Goes by the metadata alone.
 *
 * @throws SluiceError NWB_STRUCTURE_INVALID
 */
export function checkStructure(file: NwbFile, schema: Schema): void {
  const faults = structureFaults(file, schema);
  if (faults.length === 0) return;
  throw new SluiceError({
    reason: "NWB_STRUCTURE_INVALID",
    message: "The file would not be a valid NWB file; nothing is kept of it.",
    field: faults[0]?.split(": ", 1)[0] ?? "",
    got: faults.slice(0, namedFaults).join("; "),
    allowed: [`NWB ${file.schemaVersion}`],
    remedy: "This is a fault of the exporter: please report it with this text.",
    grpcCode: Code.INTERNAL,
  });
}

/** Every fault as "path: what is wrong". */
export function structureFaults(file: NwbFile, schema: Schema): string[] {
  const check = new StructureCheck(file, schema);
  for (const facts of file.objects.values()) check.examine(facts);
  return check.faults;
}

class StructureCheck {
  readonly faults: string[] = [];
  readonly #file: NwbFile;
  readonly #schema: Schema;
  /** Names of the typed and untyped objects in a group. */
  readonly #children = new Map<string, ObjectFacts[]>();

  constructor(file: NwbFile, schema: Schema) {
    this.#file = file;
    this.#schema = schema;
    for (const facts of file.objects.values()) {
      if (facts.path === "/") continue;
      const parent = facts.path.slice(0, facts.path.lastIndexOf("/")) || "/";
      const others = this.#children.get(parent);
      if (others) others.push(facts);
      else this.#children.set(parent, [facts]);
    }
  }

  examine(facts: ObjectFacts): void {
    const { neurodataType, path } = facts;
    if (neurodataType === undefined) return;
    const lineage = this.#schema.lineage(neurodataType);
    if (lineage.length === 0) return this.#fault(path, `the schema has no type ${neurodataType}`);
    this.#attributes(facts, lineage);
    this.#members(path, lineage);
    const rules = readerRules.filter(({ type }) => this.#schema.is(neurodataType, type));
    for (const { examine } of rules) {
      for (const fault of examine(facts, this.#file)) this.#fault(path, fault);
    }
  }

  #members(path: string, lineage: readonly MemberSpec[]): void {
    for (const spec of this.#schema.members(lineage, "datasets")) this.#member(path, spec, "dataset");
    for (const spec of this.#schema.members(lineage, "groups")) this.#member(path, spec, "group");
    for (const spec of this.#schema.members(lineage, "links")) this.#link(path, spec);
  }

  #member(path: string, spec: MemberSpec, kind: ObjectFacts["kind"]): void {
    const type = includedType(spec);
    const children = (this.#children.get(path) ?? []).filter((child) => child.kind === kind);
    const found = children.filter((child) =>
      spec.name === undefined ? this.#schema.is(child.neurodataType, type as string) : nameOf(child) === spec.name,
    );
    if (found.length === 0 && isRequired(spec)) {
      return this.#fault(path, `it needs a ${kind} ${spec.name ?? `of type ${type}`}`);
    }
    for (const child of found) {
      if (type !== undefined && !this.#schema.is(child.neurodataType, type)) {
        this.#fault(child.path, `it must be of type ${type}`);
      }
      if (kind === "dataset") this.#dataset(child, spec);
      if (type === undefined) {
        this.#attributes(child, [spec]);
        this.#members(child.path, [spec]);
      } else {
        // What a named member adds to its type.
        this.#attributes(child, [spec]);
      }
    }
  }

  #dataset(facts: ObjectFacts, spec: MemberSpec): void {
    if (!satisfies(facts.elementType, spec.dtype)) {
      this.#fault(facts.path, `its elements must be ${JSON.stringify(spec.dtype)}`);
    }
    const shapes = shapesOf(spec);
    const shape = facts.shape();
    if (shapes.length > 0 && !shapes.some((allowed) => fits(shape, allowed))) {
      this.#fault(facts.path, `its shape [${shape.join(", ")}] must be one of ${JSON.stringify(shapes)}`);
    }
  }

  #link(path: string, spec: MemberSpec): void {
    if (spec.name === undefined) return;
    const target = this.#file.links.get(`${path}/${spec.name}`);
    if (target === undefined) {
      if (isRequired(spec)) this.#fault(path, `it needs a link ${spec.name}`);
      return;
    }
    const type = this.#file.objects.get(target)?.neurodataType;
    if (!this.#schema.is(type, spec.target_type as string)) {
      this.#fault(`${path}/${spec.name}`, `it must lead to a ${spec.target_type}`);
    }
  }

  #attributes(facts: ObjectFacts, lineage: readonly MemberSpec[]): void {
    for (const spec of this.#schema.members(lineage, "attributes")) {
      const { name, value: fixed, required, default_value: otherwise } = spec as AttributeLike;
      const value = facts.attributes.get(name);
      if (value === undefined) {
        if (required !== false && otherwise === undefined) this.#fault(facts.path, `it needs the attribute ${name}`);
        continue;
      }
      const plain = typeof value === "object" && "value" in value ? value.value : value;
      if (fixed !== undefined && plain !== fixed) this.#fault(facts.path, `its ${name} must be ${String(fixed)}`);
    }
  }

  #fault(path: string, fault: string): void {
    this.faults.push(`${path}: ${fault}`);
  }
}

interface AttributeLike {
  readonly name: string;
  readonly value?: unknown;
  readonly required?: boolean;
  readonly default_value?: unknown;
}

function nameOf({ path }: ObjectFacts): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function isRequired({ quantity }: MemberSpec): boolean {
  return quantity === undefined || quantity === "+" || quantity === 1;
}

/** A schema has one shape, or a list of them. */
function shapesOf({ shape }: MemberSpec): readonly (readonly unknown[])[] {
  if (shape === undefined) return [];
  return Array.isArray(shape[0]) ? (shape as readonly (readonly unknown[])[]) : [shape];
}

function fits(shape: readonly number[], allowed: readonly unknown[]): boolean {
  return shape.length === allowed.length && allowed.every((length, axis) => length === null || length === shape[axis]);
}
