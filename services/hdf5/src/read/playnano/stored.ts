import { asElements, Cast, Code, type DataType, SluiceError } from "@sluice/core";
import type { Hdf5Dataset, Hdf5File } from "@sluice/hdf5";
import { parseBundleTexts, partMissing, type StoredArray, type StoredBundle } from "@sluice/playnano";

/**
 * All of a bundle but the movies.
 *
 * @throws SluiceError PLAYNANO_PART_MISSING, PLAYNANO_JSON_INVALID, PLAYNANO_TYPE_INVALID
 */
export async function readBundle(file: Hdf5File, fileName: string): Promise<StoredBundle> {
  const attributes = await file.attributes();
  const pixelSizeNm = attributes.get("pixel_size_nm");
  const channel = attributes.get("channel");
  if (!(await file.has("data"))) throw partMissing("data");
  if (pixelSizeNm === undefined) throw partMissing("pixel_size_nm");
  if (channel === undefined) throw partMissing("channel");
  if (typeof channel !== "string") throw typeInvalid("channel", "no text", "text");
  const masks = await storedArrays(file, "masks");
  return {
    fileName,
    data: storedArray(await file.dataset("data")),
    processed: new Map(await storedArrays(file, "processed")),
    masks: new Map(masks.map(([key, { shape }]) => [key, { dataType: "bool", shape }])),
    timestamps: (await file.has("timestamps")) ? await numbersOf(await file.dataset("timestamps")) : undefined,
    pixelSizeNm: Number(pixelSizeNm),
    channel,
    metadata: parseBundleTexts({
      frame_metadata_json: await textOf(file, "frame_metadata_json"),
      provenance_json: await textOf(file, "provenance_json"),
      state_backups_json: await textOf(file, "state_backups_json"),
    }),
  };
}

/** Layers or masks by key. */
async function storedArrays(file: Hdf5File, group: string): Promise<[string, StoredArray][]> {
  if (!(await file.has(group))) return [];
  const arrays: [string, StoredArray][] = [];
  for (const { name } of await (await file.group(group)).children()) {
    arrays.push([name, storedArray(await file.dataset(`${group}/${name}`))]);
  }
  return arrays;
}

function storedArray(dataset: Hdf5Dataset): StoredArray {
  return { dataType: dataTypeOf(dataset), shape: dataset.shape ?? [] };
}

async function numbersOf(dataset: Hdf5Dataset): Promise<Float64Array> {
  return asElements("float64", new Cast(dataTypeOf(dataset), "float64").apply(await dataset.read()));
}

async function textOf(file: Hdf5File, name: string): Promise<string | undefined> {
  if (!(await file.has(name))) return undefined;
  const [text] = await (await file.dataset(name)).readText();
  return text;
}

function dataTypeOf({ dataType, path }: Hdf5Dataset): DataType {
  if (dataType !== undefined && !dataType.startsWith("complex")) return dataType;
  throw typeInvalid(path, dataType ?? "no numbers", "integers, floats, booleans");
}

function typeInvalid(field: string, got: string, allowed: string): SluiceError {
  return new SluiceError({
    reason: "PLAYNANO_TYPE_INVALID",
    message: "A part of the bundle is of another type than playNano writes.",
    field,
    got,
    allowed: [allowed],
    remedy: "Export the stack from playNano again, or read the file as a generic one.",
    grpcCode: Code.FAILED_PRECONDITION,
  });
}
