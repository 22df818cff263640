import { execFileSync } from "node:child_process";
import { type Obstacle, obstacleUnlessRequired, rootMissing } from "./availability.ts";

/** A folder that is a disk of 8 MiB. */
export interface SmallDisk {
  readonly disk: string;
  /** What stands in the way when there can be none. */
  readonly obstacle: Obstacle;
  /** Call it before the folder is removed. */
  unmount(): void;
}

/** Makes an empty folder a disk of 8 MiB, in memory. */
export function smallDisk(folder: string): SmallDisk {
  const obstacle = obstacleUnlessRequired("REQUIRE_FAULTS", rootMissing() ?? mount(folder));
  return { disk: folder, obstacle, unmount: () => obstacle ?? execFileSync("umount", ["--lazy", folder]) };
}

function mount(folder: string): Obstacle {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    return `no disk can be mounted: ${String(error)}`;
  }
}
