import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import { contentsOf, filesOf } from "../harness/folder.ts";
import { movie, movieBytes, writeOmeTiff } from "../harness/movies.ts";
import { useScratch } from "../harness/scratch.ts";
import { sluice } from "../harness/sluice.ts";

jest.setTimeout(60_000);
const scratch = useScratch();
const size = { frames: 6, height: 40, width: 50 };
const frameBytes = size.height * size.width * 2;
let input = "";

beforeAll(async () => {
  input = (await writeOmeTiff(movie(size), scratch.fresh("input"), "movie")).path;
});

describe("sluice export", () => {
  test("writes the file, says so in JSON lines, and proves it with --verify and --receipt", async () => {
    const out = scratch.fresh();
    const flags = ["--set", "ome-tiff.compression=none", "--verify", "--receipt", "--json"];
    const { code, stderr, lines } = await sluice(["export", input, "--to", "ome-tiff", "--out", out, ...flags]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(filesOf(out)).toEqual(["movie.ome.tif", "movie.receipt.json"]);

    const file = readFileSync(join(out, "movie.ome.tif"));
    expect(file.subarray(16, 16 + 6 * frameBytes)).toEqual(Buffer.from(movieBytes(size)));
    const artifact = {
      path: "movie.ome.tif",
      size: file.length,
      sha256: contentsOf(out)["movie.ome.tif"],
      mediaType: "image/tiff",
      encoding: { codec: "none", rawBytes: 6 * frameBytes, storedBytes: 6 * frameBytes },
    };
    const branch = {
      branchId: "ome-tiff",
      format: "ome-tiff",
      state: "succeeded",
      artifacts: [artifact],
      warnings: [],
      gaps: [],
      frames: 6,
      bytes: 6 * frameBytes,
      verification: { equal: true, loader: "ome-tiff", differences: [] },
    };
    const progress = lines.filter((line) => line.type === "progress");
    expect(new Set(lines.map((line) => line.type))).toEqual(new Set(["progress", "summary"]));
    expect(progress.at(-1)).toMatchObject({
      input,
      branch: "ome-tiff",
      frames: 6,
      bytesIn: 6 * frameBytes,
      fraction: 1,
    });
    expect(lines.at(-1)).toMatchObject({ type: "summary", input, state: "succeeded", branches: [branch] });

    const receipt = JSON.parse(readFileSync(join(out, "movie.receipt.json"), "utf8"));
    expect(receipt).toMatchObject({ state: "succeeded", branches: [branch] });
    expect(receipt.branches[0].digests).toMatchObject([{ dataType: "uint16", shape: [6, 40, 50], framesPerLeaf: 1 }]);
    expect(receipt.branches[0].digests[0].frames).toHaveLength(6);
  });

  test("`sluice verify` finds one flipped byte and names its frame", async () => {
    const out = scratch.fresh();
    const receipt = join(out, "movie.receipt.json");
    const flags = ["--set", "ome-tiff.compression=none", "--receipt"];
    expect((await sluice(["export", input, "--to", "ome-tiff", "--out", out, ...flags])).code).toBe(0);
    const sound = await sluice(["verify", receipt, "--json"]);
    expect(sound.code).toBe(0);
    expect(sound.lines).toMatchObject([{ branches: [{ verification: { equal: true, differences: [] } }] }]);

    const path = join(out, "movie.ome.tif");
    const file = readFileSync(path);
    const place = 16 + 4 * frameBytes + 1234;
    file.writeUInt8(file.readUInt8(place) ^ 0x10, place);
    writeFileSync(path, file);
    const damaged = await sluice(["verify", receipt, "--json"]);
    expect(damaged.code).toBe(1);
    const difference = { frames: [4], count: 1, message: expect.stringContaining("differ") };
    expect(damaged.lines).toMatchObject([
      { branches: [{ verification: { equal: false, differences: [difference] } }] },
    ]);
    const forPeople = await sluice(["verify", receipt]);
    expect(forPeople.code).toBe(1);
    expect(forPeople.stdout).toMatch(/verification failed: .*first 4/);
  });

  test("--dry-run tells size and losses and writes nothing", async () => {
    const out = scratch.path("never-made");
    const flags = ["--set", "ome-tiff.castTo=uint8", "--dry-run", "--json"];
    const { code, lines } = await sluice(["export", input, "--to", "ome-tiff", "--out", out, ...flags]);
    expect(code).toBe(0);
    expect(lines).toMatchObject([{ type: "forecast", input, forecasts: [{ branchId: "ome-tiff" }] }]);
    const forecast = lines[0]?.forecasts?.[0];
    expect(forecast?.losses).toMatchObject([{ kind: "cast", field: "arrays.image" }]);
    expect(forecast?.artifactBytes).toBeGreaterThanOrEqual((6 * frameBytes) / 2);
    expect(() => filesOf(out)).toThrow("ENOENT");
  });

  test("keeps a file that is there, unless told to --overwrite", async () => {
    const out = scratch.fresh();
    writeFileSync(join(out, "movie.ome.tif"), "the only copy");
    const before = contentsOf(out);
    const kept = await sluice(["export", input, "--to", "ome-tiff", "--out", out, "--json"]);
    expect(kept.code).toBe(1);
    expect(kept.lines.at(-1)).toMatchObject({
      state: "failed",
      branches: [
        { state: "failed", artifacts: [], error: { reason: "TARGET_EXISTS", field: "artifacts.movie.ome.tif" } },
      ],
    });
    expect(contentsOf(out)).toEqual(before);
    const replaced = await sluice(["export", input, "--to", "ome-tiff", "--out", out, "--overwrite", "--verify"]);
    expect(replaced.code).toBe(0);
    expect(replaced.stdout).toContain("verified");
    expect(filesOf(out)).toEqual(["movie.ome.tif"]);
  });

  test("folders that were made for an export that fails go away again", async () => {
    // A name that has no room left for the extension.
    const parameters = ["export", input, "--to", "ome-tiff", "--name", "ä".repeat(125), "--json"];
    for (const flags of [[], ["--receipt"]]) {
      const out = scratch.fresh();
      const { code, lines } = await sluice([...parameters, ...flags, "--out", join(out, "2026", "run")]);
      expect(code).toBe(1);
      expect(JSON.stringify(lines.at(-1))).toContain("ARTIFACT_PATH_INVALID");
      expect(readdirSync(out)).toEqual([]);
    }
  });

  test("a receipt that is there stops the export before it begins", async () => {
    const out = scratch.fresh();
    writeFileSync(join(out, "movie.receipt.json"), "of an older export");
    const before = contentsOf(out);
    const { code, lines } = await sluice(["export", input, "--to", "ome-tiff", "--out", out, "--receipt", "--json"]);
    expect(code).toBe(1);
    expect(lines).toMatchObject([{ type: "error", reason: "TARGET_EXISTS", field: "artifacts.movie.receipt.json" }]);
    expect(contentsOf(out)).toEqual(before);
  });

  test("a file where the folder is to be, or above it, is named", async () => {
    for (const out of [input, join(input, "below")]) {
      const { code, lines } = await sluice(["export", input, "--to", "ome-tiff", "--out", out, "--json"]);
      expect(code).toBe(1);
      expect(lines).toMatchObject([{ type: "error", reason: "FOLDER_IS_A_FILE", field: "--out" }]);
    }
  });

  test("--name gives the file another name", async () => {
    const out = scratch.fresh();
    expect((await sluice(["export", input, "--to", "ome-tiff", "--out", out, "--name", "other"])).code).toBe(0);
    expect(filesOf(out)).toEqual(["other.ome.tif"]);
  });

  const refusals = [
    { what: "an unknown format", flags: ["--to", "ome-tif"], reason: "FORMAT_UNKNOWN" },
    {
      what: "an unknown option",
      flags: ["--to", "ome-tiff", "--set", "ome-tiff.compresion=none"],
      reason: "OPTION_UNKNOWN",
    },
    { what: "a wrong value", flags: ["--to", "ome-tiff", "--set", "ome-tiff.level=10"], reason: "OPTION_INVALID" },
    {
      what: "a setting of another format",
      flags: ["--to", "ome-tiff", "--set", "gif.loop=1"],
      reason: "SETTING_INVALID",
    },
    { what: "a format that is named twice", flags: ["--to", "ome-tiff,npz,ome-tiff"], reason: "FORMAT_TWICE" },
    {
      what: "a channel that is named twice",
      flags: ["--to", "ome-tiff", "--channel", "TP", "--set", "input.channel=ER"],
      reason: "SETTING_INVALID",
    },
    { what: "a name with a folder", flags: ["--to", "ome-tiff", "--name", "../escape"], reason: "NAME_INVALID" },
    { what: "a device's name", flags: ["--to", "ome-tiff", "--name", "CON"], reason: "NAME_INVALID" },
    { what: "a name that ends in a dot", flags: ["--to", "ome-tiff", "--name", "a."], reason: "NAME_INVALID" },
  ];
  for (const { what, flags, reason } of refusals) {
    test(`exits with 2 on ${what}`, async () => {
      const out = scratch.fresh();
      const { code, lines } = await sluice(["export", input, "--out", out, "--json", ...flags]);
      expect(code).toBe(2);
      expect(lines).toMatchObject([{ type: "error", severity: "error", reason }]);
      expect(filesOf(out)).toEqual([]);
    });
  }

  test("inputs that would have the same name are refused before the first one is exported", async () => {
    const out = scratch.fresh();
    const namesake = scratch.path("Movie.ome.tif");
    const other = scratch.path("other.ome.tif");
    for (const copy of [namesake, other]) writeFileSync(copy, readFileSync(input));
    const run = (...parameters: string[]) =>
      sluice(["export", ...parameters, "--to", "ome-tiff", "--out", out, "--json"]);
    for (const [flags, field] of [
      [[input, other, "--name", "same"], "--name"],
      [[input, namesake], "input"],
      [[input, other, input, "--overwrite"], "input"],
    ] as const) {
      const { code, lines } = await run(...flags);
      expect(code).toBe(2);
      expect(lines).toMatchObject([{ type: "error", reason: "NAME_TWICE", field }]);
      expect(filesOf(out)).toEqual([]);
    }
    expect((await run(input, other)).code).toBe(0);
    expect(filesOf(out)).toEqual(["movie.ome.tif", "other.ome.tif"]);
  });

  test("exits with 2 on an input that is missing, unknown or broken", async () => {
    const out = scratch.fresh();
    const unknown = scratch.path("notes.txt");
    const broken = scratch.path("broken.ome.tif");
    writeFileSync(unknown, "no image");
    writeFileSync(broken, readFileSync(input).subarray(0, 5000));
    const empty = scratch.path("empty.h5");
    writeFileSync(empty, "");
    for (const [path, reason] of [
      [scratch.path("nowhere.asd"), "SOURCE_MISSING"],
      [unknown, "INPUT_UNKNOWN"],
      [empty, "FILE_EMPTY"],
      [broken, expect.stringMatching(/^[A-Z_]+$/)],
    ] as const) {
      const { code, lines } = await sluice(["export", path, "--to", "ome-tiff", "--out", out, "--json"]);
      expect({ path: basename(path), code, last: lines.at(-1) }).toMatchObject({
        code: 2,
        last: { type: "error", reason },
      });
    }
    expect(filesOf(out)).toEqual([]);
  });

  test("`sluice verify` exits with 2 where there is no receipt", async () => {
    for (const [path, reason] of [
      [scratch.path("nowhere.receipt.json"), "SOURCE_MISSING"],
      [scratch.fresh(), "SOURCE_UNREADABLE"],
    ] as const) {
      const { code, lines } = await sluice(["verify", path, "--json"]);
      expect(code).toBe(2);
      expect(lines).toMatchObject([{ type: "error", reason }]);
    }
  });

  test("exits with 2 and shows the way on a wrong command line", async () => {
    const { code, stdout, stderr } = await sluice(["export", input]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("--to");
  });
});
