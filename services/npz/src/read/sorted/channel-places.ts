import { unreadable } from "@sluice/npy";
import type { NewColumn } from "@sluice/spikes";
import type { Archive, NpyMember } from "../archive.ts";
import { isInert, PickleError } from "../pickle/inert.ts";
import { decodeInert } from "../pickle/inert-machine.ts";
import { pickled } from "../plain.ts";
import { numbersOf } from "../scalars.ts";

const mostChannels = 2 ** 20;

/**
 * Places of the channels, rows of x, y and z in micrometers, as columns; undefined where the file has none.
 *
 * @throws SluiceError SORTED_UNITS_INVALID, PICKLED_MEMBER
 */
export async function channelPlaces(archive: Archive, member: NpyMember | undefined): Promise<NewColumn[] | undefined> {
  if (member === undefined) return undefined;
  const { shape, type } = member.header;
  if (type.kind === "object") {
    if (await isNone(archive, member)) return undefined;
    throw pickled(member.key);
  }
  const [channels = 0, dimensions = 0] = shape;
  if (shape.length !== 2 || type.kind !== "number" || ![1, 2, 3].includes(dimensions) || channels > mostChannels) {
    throw unreadable("SORTED_UNITS_INVALID", member.key, "Places of channels are rows of x, y and z.", {
      got: `${type.kind} [${shape.join(", ")}]`,
      allowed: [`[channels, 1 to 3], up to ${mostChannels} channels`],
      remedy: "Leave them out by the option keys.",
    });
  }
  const reader = await archive.values(member);
  try {
    const values = numbersOf(await reader.take(channels * dimensions), type.dataType);
    await reader.end();
    return ["x", "y", "z"].slice(0, dimensions).map((name, axis) => ({
      name,
      dataType: "float64",
      unit: "micrometer",
      values: values.filter((_, index) => index % dimensions === axis).map(Number),
    }));
  } finally {
    await reader.close();
  }
}

/** True for the None that stands where SpikeLab knows no places. */
async function isNone(archive: Archive, member: NpyMember): Promise<boolean> {
  try {
    const value = decodeInert(await archive.whole(member));
    const state: unknown = isInert(value) && Array.isArray(value.state) ? value.state[4] : undefined;
    return Array.isArray(state) && state.length === 1 && state[0] === null;
  } catch (error) {
    if (error instanceof PickleError) return false;
    throw error;
  }
}
