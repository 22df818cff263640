import { mkdir, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { OutputFolder } from "./output-folder.ts";
import { inTemporaryFolder, listing } from "./testing/temporary-folder.ts";

test("makes folders at need and removes those that it made and that are empty", async () => {
  await inTemporaryFolder(async (root) => {
    await mkdir(join(root, "there"));
    const folder = await OutputFolder.open(root, "there/new");
    expect(await listing(root)).toEqual(["there/"]);
    expect(await folder.folderOf("a")).toBe(join(await realpath(root), "there/new"));
    await folder.folderOf("x/y/a");
    await folder.folderOf("z/a");
    await writeFile(join(root, "there/new/z/another"), "");
    await folder.removeMade();
    expect(await listing(root)).toEqual(["there/", "there/new/", "there/new/z/", "there/new/z/another"]);
  });
});

test.each(["..", "a/../..", "/etc", "a//b", "a\u0000", "a\\b", "con"])(
  "refuses the directory %j",
  async (directory) => {
    await inTemporaryFolder(async (root) => {
      await expect(OutputFolder.open(root, directory)).rejects.toThrow("DIRECTORY_INVALID (delivery.directory)");
    });
  },
);

test("takes links that stay inside and refuses those that lead out, at any depth and at any time", async () => {
  await inTemporaryFolder(async (place) => {
    const root = join(place, "root");
    await mkdir(join(root, "real/deep"), { recursive: true });
    await mkdir(join(place, "root-neighbour"));
    await symlink(join(root, "real"), join(root, "inside"));
    await symlink("../root-neighbour", join(root, "outside"));
    await symlink("/", join(root, "real/deep/top"));

    const folder = await OutputFolder.open(root, "inside");
    expect(await folder.folderOf("deep/a")).toBe(join(await realpath(root), "real/deep"));
    await expect(folder.folderOf("deep/top/tmp/a")).rejects.toThrow("FOLDER_OUTSIDE_ROOT (artifacts.deep/top/tmp/a)");
    await expect(OutputFolder.open(root, "outside")).rejects.toThrow("FOLDER_OUTSIDE_ROOT (delivery.directory)");
    await expect(OutputFolder.open(root, "outside/new")).rejects.toThrow("FOLDER_OUTSIDE_ROOT");
    expect(await listing(join(place, "root-neighbour"))).toEqual([]);
  });
});

test("finds a folder that was exchanged for a link, moved or removed since", async () => {
  await inTemporaryFolder(async (place) => {
    const root = join(place, "root");
    await mkdir(root);
    await mkdir(join(place, "outside"));
    const folder = await OutputFolder.open(root, "a");
    await folder.folderOf("b/x");
    await folder.check();
    await rename(join(root, "a/b"), join(root, "a/moved"));
    await expect(folder.check()).rejects.toThrow("FOLDER_MOVED");
    await symlink(join(root, "a/moved"), join(root, "a/b"));
    await expect(folder.check()).rejects.toThrow("FOLDER_MOVED");
    await rm(join(root, "a/b"));
    await symlink(join(place, "outside"), join(root, "a/b"));
    await expect(folder.check()).rejects.toThrow("FOLDER_OUTSIDE_ROOT");
  });
});

test("names a root that is missing or a file, and a file in the way, without their paths", async () => {
  await inTemporaryFolder(async (root) => {
    await writeFile(join(root, "file"), "");
    const missing = OutputFolder.open(join(root, "no"), "");
    await expect(missing).rejects.toThrow("FOLDER_MISSING (root)");
    await expect(missing).rejects.not.toThrow(root);
    await expect(OutputFolder.open(join(root, "file"), "")).rejects.toThrow("FOLDER_IS_A_FILE (root)");
    await expect(OutputFolder.open(root, "file")).rejects.toThrow("FOLDER_IS_A_FILE (delivery.directory)");
    const folder = await OutputFolder.open(root, "");
    await expect(folder.folderOf("file/a")).rejects.toThrow("FOLDER_IS_A_FILE (artifacts.file/a)");
    await symlink("nowhere", join(root, "dangling"));
    await expect(folder.folderOf("dangling/a")).rejects.toThrow("FOLDER_MISSING (artifacts.dangling/a)");
  });
});
