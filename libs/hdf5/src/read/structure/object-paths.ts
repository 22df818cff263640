import type { FileObjects } from "./file-objects.ts";
import { StorageError } from "./stored-file.ts";

/** A link on the way to an object. */
interface Step {
  readonly above: Step | undefined;
  readonly name: string;
}

/**
 * Finds a path for an address: the first one of a walk in depth over the links of all groups, as the library does. The
 * walk goes on where it was left.
 */
export class ObjectPaths {
  readonly #objects: FileObjects;
  readonly #found = new Map<number, Step | undefined>();
  readonly #walk: AsyncGenerator<number>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(objects: FileObjects) {
    this.#objects = objects;
    this.#found.set(objects.root, undefined);
    this.#walk = this.#visit(objects.root, undefined);
  }

  /** The path of the object at an address; a StorageError when there is none. */
  async path(address: number): Promise<string> {
    const turn = this.#turn.then(() => this.#find(address));
    // Who asked hears of a failure; the next in turn only waits for the end.
    this.#turn = turn.catch(() => undefined);
    return await turn;
  }

  async #find(address: number): Promise<string> {
    while (!this.#found.has(address)) {
      const { done } = await this.#walk.next();
      if (done) throw new StorageError(`no object at ${address}`);
    }
    const names: string[] = [];
    for (let step = this.#found.get(address); step; step = step.above) names.push(step.name);
    return `/${names.toReversed().join("/")}`;
  }

  async *#visit(address: number, above: Step | undefined): AsyncGenerator<number> {
    // A stack of its own: groups may be as deep as the file is long.
    const open = [{ above, links: (await this.#links(address)).values() }];
    for (let group = open.at(-1); group; group = open.at(-1)) {
      const { value: link } = group.links.next();
      if (!link) open.pop();
      else if (!this.#found.has(link.address)) {
        const step = { above: group.above, name: link.name };
        this.#found.set(link.address, step);
        yield link.address;
        open.push({ above: step, links: (await this.#links(link.address)).values() });
      }
    }
  }

  /** Hard links of a group; none for other objects. */
  async #links(address: number): Promise<{ readonly name: string; readonly address: number }[]> {
    const object = await this.#objects.at(address);
    if (object.kind !== "group") return [];
    return [...(await this.#objects.links(object))].flatMap(([name, link]) =>
      link.kind === "hard" ? [{ name, address: link.address }] : [],
    );
  }
}
