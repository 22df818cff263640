// Runs the unit tests of every project, one after another, with the Node that runs this file.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folders = ["libs", "loaders", "services"].flatMap((group) =>
  readdirSync(join(root, group)).map((name) => join(group, name)),
);
let status = 0;
for (const project of [...folders, "cli"].filter((folder) => existsSync(join(root, folder, "package.json")))) {
  const run = spawnSync(process.execPath, [join(root, "tools/jest.js"), project, "unit", "--silent"], {
    cwd: root,
    stdio: "inherit",
  });
  if (run.status !== 0) status = 1;
}
process.exit(status);
