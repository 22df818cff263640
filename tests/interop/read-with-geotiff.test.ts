import { createHash } from "node:crypto";
import { describe, expect, jest, test } from "@jest/globals";
import { asBytes } from "@sluice/core";
import { fromFile } from "geotiff";
import { useScratch } from "../harness/scratch.ts";
import { variants, type WrittenVariant, writeVariants } from "../harness/variants.ts";

jest.setTimeout(120_000);
const scratch = useScratch();
const files = await writeVariants(scratch.folder);

describe("geotiff.js reads every value that we wrote", () => {
  // geotiff.js knows no complex samples.
  for (const { name } of variants.filter((item) => !item.dataType.startsWith("complex"))) {
    test(name, async () => {
      const file = files.find((candidate) => candidate.name === name) as WrittenVariant;
      const tiff = await fromFile(file.path);
      try {
        const hash = createHash("sha256");
        const pages = file.shape.slice(0, -2).reduce((product, length) => product * length, 1);
        for (let page = 0; page < pages; page += 1) {
          const image = await tiff.getImage(page);
          const [samples] = (await image.readRasters()) as unknown as [ArrayBufferView];
          hash.update(asBytes(samples));
        }
        expect(hash.digest("hex")).toBe(file.sha256);
      } finally {
        await tiff.close();
      }
    });
  }
});
