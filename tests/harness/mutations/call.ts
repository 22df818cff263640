import type { ExportOpen, Frame } from "@sluice/proto";
import { encodeFrame, encodeOpen } from "@sluice/transport";
import { streamEnd } from "../raw-call.ts";
import { below, type Random } from "./draw.ts";
import { mutateFrame } from "./frame.ts";
import { mutateOpen } from "./open.ts";

/** A valid call that mutations start from. */
export interface ValidCall {
  readonly open: ExportOpen;
  readonly frames: readonly Frame[];
}

/** Messages of a call that is like the valid one but for one to four mutations, and what was done to it. */
export function mutate(valid: ValidCall, random: Random): { messages: Buffer[]; done: string } {
  const done: string[] = [];
  let { open } = valid;
  let frames = [...valid.frames];
  const rounds = 1 + below(3, random);
  for (let round = 0; round < rounds; round += 1) {
    const kind = below(4, random);
    if (kind === 0) open = mutateOpen(open, random);
    else if (kind === 1) frames = mutateOrder(frames, random);
    else frames = mutateOne(frames, random);
    done.push(["open", "order"][kind] ?? "frame");
  }
  // Most streams are counted and numbered as they must be, so that the fault behind the numbers is met.
  if (random() < 0.6) frames = counted(frames);
  const numbered = random() < 0.8;
  const messages = [
    encodeOpen(open),
    ...frames.map((frame, index) => encodeFrame(frame, numbered ? index + 1 : frame.sequence || index + 1)),
  ];
  if (random() < 0.75) return { messages, done: done.join(", ") };
  return { messages: mutateBytes(messages, random), done: [...done, "bytes"].join(", ") };
}

function counted(frames: readonly Frame[]): Frame[] {
  const data = frames.filter((frame) => frame.content?.$case !== "streamEnd");
  return data.length === frames.length ? [...frames] : [...data, streamEnd(data)];
}

function mutateOne(frames: readonly Frame[], random: Random): Frame[] {
  const index = below(frames.length, random);
  const frame = frames[index];
  return frame ? frames.with(index, mutateFrame(frame, random)) : [];
}

/** Leaves a frame out, repeats one, exchanges two, or cuts the stream. */
function mutateOrder(frames: readonly Frame[], random: Random): Frame[] {
  if (frames.length === 0) return [];
  const copy = [...frames];
  const [one, other] = [below(copy.length, random), below(copy.length, random)];
  switch (below(4, random)) {
    case 0:
      copy.splice(one, 1);
      break;
    case 1:
      copy.splice(one, 0, copy[other] as Frame);
      break;
    case 2:
      [copy[one], copy[other]] = [copy[other] as Frame, copy[one] as Frame];
      break;
    default:
      copy.length = one;
  }
  return copy;
}

/** Flips a bit, cuts a message, puts a byte in, or makes a message of nothing but noise. */
function mutateBytes(messages: readonly Buffer[], random: Random): Buffer[] {
  const index = below(messages.length, random);
  const message = Buffer.from(messages[index] ?? Buffer.alloc(0));
  // The head holds tags and lengths: that is where bytes matter.
  const place = below(random() < 0.8 ? Math.min(40, message.length) : message.length, random);
  switch (below(4, random)) {
    case 0:
      if (message.length > 0) message.writeUInt8((message.readUInt8(place) ^ (1 << below(8, random))) & 0xff, place);
      return messages.toSpliced(index, 1, message);
    case 1:
      return messages.toSpliced(index, 1, message.subarray(0, place));
    case 2:
      return messages.toSpliced(
        index,
        1,
        Buffer.concat([message.subarray(0, place), Buffer.of(below(256, random)), message.subarray(place)]),
      );
    default:
      return messages.toSpliced(
        index,
        1,
        Buffer.from(Array.from({ length: below(64, random) }, () => below(256, random))),
      );
  }
}
