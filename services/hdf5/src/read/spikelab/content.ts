import type { Hdf5File } from "@sluice/hdf5";
import type { LoadOptions } from "../../load-options.ts";
import { layoutAttribute, layoutName } from "../../profiles/spikelab/describe.ts";
import {
  defaultNames,
  type Names,
  namesOf,
  namesOfStyle,
  parameterOf,
  type Style,
  styles,
} from "../../profiles/spikelab/options.ts";
import { unfitFile } from "./spikelab-error.ts";

/** What the root of a file says. */
export interface Content {
  readonly style: Style;
  readonly names: Names;
  /** Numbers and texts of the root. */
  readonly attributes: RootAttributes;
  /** True for files of SpikeLab's exporter, which says the start and the length and nothing else. */
  readonly seed: boolean;
}

/** Attributes of the root by type. */
export class RootAttributes {
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(values: ReadonlyMap<string, unknown>) {
    this.#values = values;
  }

  number(name: string): number | undefined {
    const value = this.#values.get(name);
    if (typeof value === "bigint") return Number(value);
    return typeof value === "number" ? value : undefined;
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === "string" ? value : undefined;
  }
}

/** The attributes of the root. */
export async function rootAttributes(file: Hdf5File): Promise<RootAttributes> {
  return new RootAttributes(await file.attributes());
}

/** True for what our exporter and SpikeLab's write, and for root lists that leave no doubt. */
export async function isSpikelab(file: Hdf5File): Promise<boolean> {
  const attributes = await rootAttributes(file);
  const layout = attributes.text(layoutAttribute);
  if (layout !== undefined) return layout === layoutName;
  const found = await stylesIn(file, namesOf({}));
  return isSeed(attributes) ? found.length > 0 : found.some((style) => style === "ragged" || style === "paired");
}

/** The one style of the file: as the options say, as their names say, as the file is. */
export async function contentOf(file: Hdf5File, options: LoadOptions): Promise<Content> {
  const attributes = await rootAttributes(file);
  const recorded = Object.keys(defaultNames).map((option) => [option, attributes.text(parameterOf(option))]);
  const given = Object.keys(defaultNames).map((option) => [option, options[option as keyof Names]]);
  const defined = [...recorded, ...given].filter(([, name]) => name !== undefined);
  const names = namesOf(Object.fromEntries(defined) as Partial<Names>);
  const named = styles.filter((style) => namesOfStyle[style].some((option) => options[option] !== undefined));
  const candidates = options.style ? [options.style] : named.length > 0 ? named : await stylesIn(file, names);
  const [style] = candidates;
  if (style === undefined || candidates.length !== 1) throw notOne(candidates, names);
  return { style, names, attributes, seed: isSeed(attributes) && attributes.text(layoutAttribute) === undefined };
}

function isSeed(attributes: RootAttributes): boolean {
  return attributes.number("start_time") !== undefined && attributes.number("length_ms") !== undefined;
}

async function stylesIn(file: Hdf5File, names: Names): Promise<Style[]> {
  const found: Style[] = [];
  for (const style of styles) {
    const kinds = await Promise.all(namesOfStyle[style].map((option) => file.kindOf(names[option])));
    const wanted = style === "group" ? "group" : "dataset";
    if (!kinds.every((kind) => kind === wanted)) continue;
    if (style === "group" && (await isTable(file, names.groupPerUnit))) continue;
    found.push(style);
  }
  return found;
}

/** NWB has a group of this name, too: the columns of a table. */
async function isTable(file: Hdf5File, path: string): Promise<boolean> {
  const group = await file.group(path);
  const attributes = await group.attributes();
  const children = await group.children();
  return attributes.has("neurodata_type") || children.some(({ name }) => name === "spike_times" || name === "id");
}

function notOne(found: readonly Style[], names: Names): Error {
  return unfitFile({
    reason: "SPIKELAB_STYLE_AMBIGUOUS",
    message: "A file of SpikeLab is read in exactly one style.",
    field: "options.style",
    got: found.length === 0 ? "none of them" : found.join(" and "),
    allowed: styles.map((style) => `${style} (${namesOfStyle[style].map((option) => names[option]).join(", ")})`),
    remedy: "Choose the style, or name the datasets of one.",
  });
}
