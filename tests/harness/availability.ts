import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "@jest/globals";
import { sharedData } from "./paths.ts";

/** Why something cannot be tested here; undefined when it can. */
export type Obstacle = string | undefined;

/** Obstacle unless the command can be started. */
export function commandMissing(command: string, ...parameters: string[]): Obstacle {
  const { error } = spawnSync(command, parameters, { stdio: "ignore" });
  return error ? `${command} cannot be started here` : undefined;
}

/** Obstacle unless `../shared/data/PATH` is there. */
export function sharedDataMissing(path: string): Obstacle {
  return existsSync(sharedData(path)) ? undefined : `../shared/data/${path} is not there`;
}

/** Obstacle unless this process may mount file systems. */
export function rootMissing(): Obstacle {
  return process.getuid?.() === 0 ? undefined : "mounting needs root";
}

const told = new Set<string>();

/** `test`, or a skipped test whose name says why; standard error says it too, for jest is silent on skipped files. */
export function testUnless(obstacle: Obstacle): (name: string, work: () => Promise<void> | void) => void {
  if (obstacle === undefined) return (name, work) => test(name, work);
  if (!told.has(obstacle)) process.stderr.write(`SKIPPED: ${obstacle}\n`);
  told.add(obstacle);
  return (name, work) => {
    test.skip(`${name} (SKIPPED: ${obstacle})`, work);
  };
}

/** The first obstacle; a failure instead when the environment variable (REQUIRE_INTEROP, REQUIRE_FAULTS) is 1. */
export function obstacleUnlessRequired(variable: string, ...obstacles: readonly Obstacle[]): Obstacle {
  const first = obstacles.find((obstacle) => obstacle !== undefined);
  if (first !== undefined && process.env[variable] === "1") throw new Error(`${variable}=1, but ${first}`);
  return first;
}
