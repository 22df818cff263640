import { describe, expect, jest, test } from "@jest/globals";
import { attributeJson, describeTree, type Hdf5Dataset, type Hdf5File, withHdf5 } from "@sluice/hdf5";
import { hdf5Loader } from "@sluice/hdf5-service";
import { testUnless } from "../harness/availability.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";
import { sha256 } from "../harness/stream-values.ts";

/** What `scripts/write_hdf5.py` says of a file that it wrote. */
interface Written {
  readonly name: string;
  readonly path: string;
  readonly datasets: readonly {
    readonly path: string;
    readonly dataType: string;
    readonly shape: readonly number[];
    readonly maxShape: readonly (number | null)[];
    readonly chunks: readonly number[] | null;
    readonly sha256: string;
  }[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly rows: Readonly<Record<string, unknown>>;
}

jest.setTimeout(120_000);
const python = await pythonEnvironment();
const scratch = useScratch();
const files = python.obstacle ? [] : await python.ask<Written[]>("scripts/write_hdf5.py", scratch.folder);

describe("we read what h5py wrote", () => {
  if (python.obstacle) testUnless(python.obstacle)("every file", () => undefined);

  for (const { name, path, datasets, attributes, rows } of files) {
    test(`${name}: every number, whole and in blocks`, () =>
      withHdf5(path, async (file) => {
        for (const wanted of datasets) {
          const dataset = await file.dataset(wanted.path);
          const { dataType, shape, maxShape, chunks = null } = dataset;
          expect({
            path: dataset.path,
            dataType,
            shape,
            maxShape,
            chunks,
            sha256: sha256(await dataset.read()),
          }).toEqual(wanted);
          expect([wanted.path, sha256(await fromBlocks(dataset, 50_000))]).toEqual([wanted.path, wanted.sha256]);
        }
      }));

    test(`${name}: every attribute, table and text`, () =>
      withHdf5(path, async (file) => {
        const group = await file.group("rows");
        const found = [...(await group.attributes())].map(([key, value]) => [key, attributeJson(value)]);
        expect(Object.fromEntries(found)).toEqual(attributes);
        for (const [key, wanted] of Object.entries(rows)) {
          expect(attributeJson(await (await group.dataset(key)).readValues())).toEqual(wanted);
        }
      }));

    test(`${name}: links are followed inside the file alone`, () => withHdf5(path, expectLinks));

    test(`${name}: the loader takes every array once, though groups hold each other`, async () => {
      const { header } = await hdf5Loader.load(path, { profile: "generic" });
      const names = header.arrays.map((array) => array.name);
      const wanted = datasets.filter(({ shape }) => shape.length > 0).map(({ path: at }) => at.slice(1));
      expect(names.toSorted()).toEqual([...wanted, "lzf", "rows/lists"].toSorted());
    });

    test(`${name}: a filter that we do not have is named`, () =>
      withHdf5(path, async (file) => {
        const dataset = await file.dataset("lzf");
        const refused = { problem: { reason: "HDF5_FILTER_UNSUPPORTED", field: `${name}:/lzf`, got: "lzf" } };
        await expect(dataset.read()).rejects.toMatchObject(refused);
        await expect(dataset.blocks().next()).rejects.toMatchObject(refused);
      }));

    test(`${name}: the tree has each object once`, () =>
      withHdf5(path, async (file) => {
        const tree = await describeTree(file);
        const many = tree.children?.find((child) => child.name === "many");
        expect([many?.children?.length, many?.attributes?.length]).toEqual([40, 40]);
        const links = tree.children?.find((child) => child.name === "links");
        expect(links?.children?.find((child) => child.name === "up")).toEqual({
          name: "up",
          kind: "group",
          sameAs: "/",
        });
      }));
  }
});

async function expectLinks(file: Hdf5File): Promise<void> {
  const links = await file.group("links");
  expect(await links.children()).toEqual([
    { name: "back", kind: "soft-link", target: "round" },
    { name: "here", kind: "soft-link", target: ".", leadsTo: "group" },
    { name: "nowhere", kind: "soft-link", target: "/no" },
    { name: "outside", kind: "external-link", target: "other.h5:/group" },
    { name: "relative", kind: "soft-link", target: "up/rows/fixed", leadsTo: "dataset" },
    { name: "round", kind: "soft-link", target: "back" },
    { name: "soft", kind: "soft-link", target: "/rows/fixed", leadsTo: "dataset" },
    { name: "through", kind: "soft-link", target: "outside/x" },
    { name: "up", kind: "group" },
  ]);
  expect(await (await file.dataset("links/here/up/links/relative")).readText()).toEqual(["ab ", "c", "é"]);
  expect([await file.has("links/outside/x"), await file.has("links/through")]).toEqual([false, false]);
  expect(await file.kindOf("named")).toBe("datatype");
}

/** The bytes of a dataset put together of its blocks, which follow each other in C order. */
async function fromBlocks(dataset: Hdf5Dataset, maximumBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const { data } of dataset.blocks({ maximumBytes })) {
    expect(data.length).toBeLessThanOrEqual(maximumBytes);
    parts.push(data);
  }
  return Buffer.concat(parts);
}
