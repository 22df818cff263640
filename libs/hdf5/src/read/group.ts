import { Code, SluiceError } from "@sluice/core";
import { type AttributeValue, readAttributes, type StoredAttribute } from "./attributes.ts";
import type { Hdf5Child } from "./child.ts";
import { Hdf5Dataset } from "./dataset.ts";
import type { Session } from "./session.ts";

/** A group of an open file. */
export class Hdf5Group {
  /** Absolute path inside the file. */
  readonly path: string;
  /** The open file. */
  protected readonly session: Session;

  constructor(session: Session, path: string) {
    this.session = session;
    this.path = path;
  }

  /** Values of the attributes by name. One that cannot be read is there as `Unreadable`. */
  async attributes(): Promise<ReadonlyMap<string, AttributeValue>> {
    const attributes = await this.storedAttributes();
    return new Map([...attributes].map(([name, { value }]) => [name, value]));
  }

  /** The attributes with their types and shapes. */
  storedAttributes(): Promise<ReadonlyMap<string, StoredAttribute>> {
    return readAttributes(this.session, this.path);
  }

  /** Where the object is in the file: two paths with one address lead to the same object. */
  async address(): Promise<number> {
    return (await this.session.ask("address", this.path, "find the object")) as number;
  }

  /** The members, in the order of names. */
  async children(): Promise<readonly Hdf5Child[]> {
    const children = (await this.session.ask("children", this.path, "list the group")) as Hdf5Child[];
    return children.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** What is at a path below this group; undefined for nothing and for links that lead nowhere or out of the file. */
  async kindOf(path: string): Promise<"group" | "dataset" | "datatype" | undefined> {
    const kind = await this.session.ask("kind", joined(this.path, path), "find the object");
    return kind === "group" || kind === "dataset" || kind === "datatype" ? kind : undefined;
  }

  /** True when there is a group, a dataset or a named type at a path below this group. */
  async has(path: string): Promise<boolean> {
    return (await this.kindOf(path)) !== undefined;
  }

  /** The group at a path below this one, or HDF5_OBJECT_MISSING. */
  async group(path: string): Promise<Hdf5Group> {
    if ((await this.kindOf(path)) !== "group") throw await this.#missing(path, "group");
    return new Hdf5Group(this.session, joined(this.path, path));
  }

  /** The dataset at a path below this group, or HDF5_OBJECT_MISSING. */
  async dataset(path: string): Promise<Hdf5Dataset> {
    if ((await this.kindOf(path)) !== "dataset") throw await this.#missing(path, "dataset");
    return await Hdf5Dataset.open(this.session, joined(this.path, path));
  }

  async #missing(path: string, kind: string): Promise<SluiceError> {
    const names = (await this.children()).map(({ name }) => name);
    const more = names.length > mostNames ? [`and ${names.length - mostNames} more`] : [];
    return new SluiceError({
      reason: "HDF5_OBJECT_MISSING",
      message: `The file has no ${kind} of this name.`,
      field: `${this.session.name}:${this.path}`,
      got: JSON.stringify(path),
      allowed: [...names.slice(0, mostNames), ...more],
      remedy: "Check that the file is of the format that it is read as.",
      grpcCode: Code.NOT_FOUND,
    });
  }
}

/** Names that an error lists. */
const mostNames = 50;

/** A path below a group; an absolute one stays. */
function joined(group: string, path: string): string {
  const whole = path.startsWith("/") ? path : `${group}/${path}`;
  return `/${whole.split("/").filter(Boolean).join("/")}`;
}
