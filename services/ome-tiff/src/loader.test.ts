import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { asElements, digestsOf, SluiceError, verify } from "@sluice/core";
import { collect, memoryStream } from "@sluice/core/testing";
import { Origin } from "@sluice/proto";
import { withFile } from "@sluice/source/testing";
import { writeArrayBuffer } from "geotiff";
import { omeTiffLoader } from "./loader.ts";
import { exportToMemory } from "./testing/export-to-memory.ts";
import { openTiff } from "./testing/tiff-facts.ts";

const movie = {
  name: "image",
  dataType: "uint16" as const,
  shape: [4, 6, 7],
  data: Uint16Array.from({ length: 168 }, (_, index) => 300 + (index % 5)),
};

async function movieFile(options = {}): Promise<Uint8Array> {
  return (await exportToMemory(memoryStream([movie], { imageStack: {} }), options)).bytes;
}

test("knows a TIFF by its first bytes", () => {
  const head = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
  for (const text of ["II*\0", "MM\0*", "II+\0", "MM\0+"]) expect(omeTiffLoader.recognises("a", head(text))).toBe(true);
  for (const text of ["", "II", "GIF8", "\x89HDF"]) expect(omeTiffLoader.recognises("a.tif", head(text))).toBe(false);
});

test("a big-endian TIFF of other software: pages along t, nothing made up", async () => {
  const values = Array.from({ length: 12 }, (_, index) => index * 1000);
  const file = writeArrayBuffer(Uint16Array.from(values), { width: 4, height: 3 });
  await withFile(
    new Uint8Array(file),
    async (path) => {
      const { header, frames } = await omeTiffLoader.load(path, {});
      expect(header.dataset.name).toBe("plain");
      expect(header.arrays[0]).toMatchObject({
        name: "image",
        dataType: "uint16",
        axes: [
          { name: "t", size: 1 },
          { name: "y", size: 3 },
          { name: "x", size: 4 },
        ],
      });
      expect(header.arrays[0]?.axes.every((axis) => axis.scale === undefined)).toBe(true);
      expect(header.dataset.origins.every(({ origin }) => origin === Origin.ORIGIN_ABSENT)).toBe(true);
      const [frame] = await collect(frames);
      const chunk = frame?.content?.$case === "chunk" ? frame.content.value : undefined;
      expect([...asElements("uint16", chunk!.data)]).toEqual(values);
    },
    "plain.tif",
  );
});

test("samples of a pixel become channels", async () => {
  const values = Array.from({ length: 2 * 3 * 3 }, (_, index) => index);
  const file = writeArrayBuffer(Uint8Array.from(values), {
    width: 3,
    height: 2,
    SamplesPerPixel: [3],
    BitsPerSample: [8, 8, 8],
    PhotometricInterpretation: 2,
  });
  await withFile(new Uint8Array(file), async (path) => {
    const { header, frames } = await omeTiffLoader.load(path, {});
    expect(header.arrays[0]?.axes.map(({ name, size }) => [name, size])).toEqual([
      ["c", 3],
      ["y", 2],
      ["x", 3],
    ]);
    const [frame] = await collect(frames);
    const chunk = frame?.content?.$case === "chunk" ? frame.content.value : undefined;
    expect([...chunk!.data]).toEqual([0, 1, 2].flatMap((sample) => values.filter((value) => value % 3 === sample)));
  });
});

test("an annotation of ours that no longer fits the image is not believed", async () => {
  const bytes = await movieFile();
  const text = Buffer.from(bytes).toString("latin1");
  const edited = Buffer.from(text.replace('"size":4', '"size":9'), "latin1");
  await withFile(edited, async (path) => {
    const { header } = await omeTiffLoader.load(path, {});
    expect(header.arrays[0]?.axes[0]?.size).toBe(4);
    expect(header.dataset.records).toMatchObject({ ome_creator: "Sluice 0.1.0" });
  });
});

test("what ImageJ writes into its description counts; what it hides behind one page is refused", async () => {
  const described = async (text: string) => {
    const bytes = Buffer.from(await movieFile());
    const start = bytes.indexOf("<?xml");
    const end = bytes.indexOf(0, start);
    bytes.fill(0, start, end);
    bytes.write(text, start);
    return bytes;
  };
  const stack = "ImageJ=1.53t\nimages=4\nchannels=2\nframes=2\nunit=um\nfinterval=0.5\n";
  await withFile(await described(stack), async (path) => {
    const { header } = await omeTiffLoader.load(path, {});
    expect(header.arrays[0]?.axes).toMatchObject([
      { name: "t", size: 2, unit: "second", scale: 0.5 },
      { name: "c", size: 2 },
      { name: "y", size: 6 },
      { name: "x", size: 7 },
    ]);
  });
  await withFile(await described("ImageJ=1.53t\nimages=9000\n"), async (path) => {
    await expect(omeTiffLoader.load(path, {})).rejects.toThrow("IMAGEJ_STACK_UNSUPPORTED");
  });
});

test("an image that the file does not have is refused", async () => {
  await withFile(await movieFile(), async (path) => {
    await expect(omeTiffLoader.load(path, { image: 1 })).rejects.toThrow("IMAGE_MISSING");
    await expect(omeTiffLoader.load(path, { series: 1 })).rejects.toThrow("OPTION_UNKNOWN");
    await expect(omeTiffLoader.load(`${path}.gone`, {})).rejects.toThrow("SOURCE_MISSING");
  });
});

test("one byte changed: uncompressed pixels differ in their frame, packed ones no longer unpack", async () => {
  const flip = async (options: object) => {
    const bytes = await movieFile(options);
    const page = (await (await openTiff(bytes)).getImage(2)).fileDirectory;
    const offset = Number((await page.loadValue("StripOffsets"))![0]);
    bytes[offset + 20]! ^= 1;
    return bytes;
  };
  const expected = await digestsOf(memoryStream([movie], { imageStack: {} }));
  await withFile(await flip({ compression: "none" }), async (path) => {
    const { equal, differences } = await verify(expected, await omeTiffLoader.load(path, {}), "ome-tiff");
    expect(equal).toBe(false);
    expect(differences).toMatchObject([{ array: "image", frames: [2], count: 1 }]);
  });
  await withFile(await flip({ level: 6 }), async (path) => {
    await expect(digestsOf(await omeTiffLoader.load(path, {}))).rejects.toThrow(/Strip 0 of page 2 cannot be decoded/);
  });
});

test("damaged files end in a reason, never in a crash or an endless loop", async () => {
  const files = await Promise.all([
    movieFile({ compression: "none" }),
    movieFile({ compression: "small", bigTiff: true }),
    movieFile({ tileSize: 16, pyramid: 1 }),
  ]);
  let state = 7;
  const random = (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  for (let round = 0; round < 150; round++) {
    const bytes = files[round % files.length]!.slice(
      0,
      round % 4 === 0 ? random(files[round % files.length]!.length) : undefined,
    );
    for (let change = random(5); change >= 0 && bytes.length > 0; change--) bytes[random(bytes.length)] = random(256);
    await withFile(bytes, async (path) => {
      const outcome = await omeTiffLoader
        .load(path, {})
        .then(digestsOf)
        .catch((error: unknown) => error);
      if (!Array.isArray(outcome)) expect(outcome).toBeInstanceOf(SluiceError);
    });
  }
});

const playNanoFile = fileURLToPath(
  new URL("../../../../shared/data/playnano/pn_bundle_filtered.ome.tif", import.meta.url),
);
const testWithPlayNano = existsSync(playNanoFile) ? test : test.skip;
const reason = existsSync(playNanoFile) ? "" : " (skipped: the file is not beside the project)";

testWithPlayNano(`a file of playNano: size, times and channel${reason}`, async () => {
  const stream = await omeTiffLoader.load(playNanoFile, {});
  expect(stream.header.arrays[0]).toMatchObject({
    dataType: "float32",
    axes: [
      { name: "t", size: 4, unit: "second", scale: 3.2, origin: 0 },
      { name: "y", size: 12, unit: "micrometer", scale: 0.001171875 },
      { name: "x", size: 10, unit: "micrometer", scale: 0.001171875 },
    ],
  });
  expect(stream.header.dataset.imageStacks[0]?.channels[0]?.name).toBe("height_trace");
  expect(await collect(stream.frames)).toHaveLength(4);
});
