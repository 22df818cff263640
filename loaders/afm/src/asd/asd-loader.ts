import { Code, jsonSchemaOf, type Loader, requireOptions, SluiceError } from "@sluice/core";
import { openSource, readFully } from "@sluice/source";
import * as v from "valibot";
import { asdDataset, framesTable } from "./dataset.ts";
import { readFrames } from "./frames.ts";
import { type AsdHeader, maximumHeaderBytes, readHeader } from "./header.ts";
import { levelScale } from "./levels.ts";

const options = v.strictObject({
  channel: v.pipe(
    v.optional(v.string()),
    v.description('Channel: "TP" (topography), "ER" (error), "PH" (phase); the first of the file unless named'),
  ),
  values: v.pipe(
    v.optional(v.picklist(["height", "raw"]), "height"),
    v.description("height: quantities as float32; raw: the converter's levels as int16, with their scale and offset"),
  ),
  partial: v.pipe(v.optional(v.boolean(), false), v.description("Export the whole frames of a file that was cut")),
  utcOffset: v.pipe(
    v.optional(v.pipe(v.string(), v.regex(/^[+-](0\d|1[0-4]):[0-5]\d$/, "an offset such as +09:00, up to 14:59"))),
    v.description('UTC offset of the instrument\'s clock, e.g. "+09:00"; the file does not tell it'),
  ),
});

/** Reads high-speed AFM movies of RIBM instruments (.asd, versions 0, 1 and 2), one channel at a time. */
export const asdLoader: Loader = {
  format: {
    name: "asd",
    summary: "High-speed AFM movies of RIBM instruments, versions 0, 1 and 2",
    extensions: [".asd"],
    get optionSchema() {
      return jsonSchemaOf(options);
    },
  },
  exactOptions: { values: "raw" },
  recognises: (path) => path.toLowerCase().endsWith(".asd"),
  load: async (path, raw, signal) => {
    const { channel: wanted, values, partial, utcOffset } = requireOptions(options, raw, "options");
    const { header, fileBytes } = await readHead(path);
    const index = chooseChannel(header, wanted);
    const channel = header.channels[index] as AsdHeader["channels"][number];
    const scale = levelScale(header, channel.code);
    const start = header.dataStart + index * header.frames * header.frameBytes;
    const wholeFrames = countWholeFrames(header, start, fileBytes, partial);
    return {
      header: asdDataset(header, {
        path,
        fileBytes,
        channel,
        unit: scale.unit,
        scaleDetail: scale.detail,
        wholeFrames,
        utcOffset,
        ...(values === "raw"
          ? { dataType: "int16", valueScale: scale.scale, valueOffset: scale.offset }
          : { dataType: "float32" }),
      }),
      frames: readFrames(
        {
          path,
          header,
          start,
          wholeFrames,
          framesTable: framesTable(wholeFrames),
          ...(values === "height" ? { scale } : {}),
        },
        signal,
      ),
    };
  },
};

async function readHead(path: string): Promise<{ header: AsdHeader; fileBytes: number }> {
  const file = await openSource(path);
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(Math.min(size, maximumHeaderBytes));
    const bytesRead = await readFully(file, bytes, 0);
    return { header: readHeader(bytes.subarray(0, bytesRead), size), fileBytes: size };
  } finally {
    await file.close();
  }
}

function chooseChannel({ channels }: AsdHeader, wanted: string | undefined): number {
  const chosen = channels.findIndex(({ code }) => wanted === undefined || code.toLowerCase() === wanted.toLowerCase());
  if (chosen >= 0) return chosen;
  throw new SluiceError({
    reason: "CHANNEL_UNKNOWN",
    message: "The file has no channel of this name.",
    field: "options.channel",
    got: wanted === undefined ? "a file without channels" : JSON.stringify(wanted),
    allowed: channels.map(({ code }) => code),
    remedy: "Name a channel of the file, or none for its first.",
    grpcCode: Code.NOT_FOUND,
  });
}

/** Frames of the channel that are whole, or ASD_TRUNCATED when some are missing and the caller wants all. */
function countWholeFrames(header: AsdHeader, start: number, fileBytes: number, partial: boolean): number {
  const { frames, frameBytes } = header;
  const whole = Math.min(frames, Math.max(0, Math.floor((fileBytes - start) / frameBytes)));
  if (whole === frames || (partial && whole > 0)) return whole;
  const offset = start + whole * frameBytes;
  throw new SluiceError({
    reason: "ASD_TRUNCATED",
    message:
      `The header announces ${frames} frames, but the file ends at byte ${fileBytes}: ` +
      `${whole} frames are whole, frame ${whole} at byte ${offset} is not.`,
    field: `frame ${whole} @ byte ${offset}`,
    got: `${Math.max(0, fileBytes - start)} bytes of frames`,
    allowed: [`${frames * frameBytes} bytes of frames`],
    remedy:
      whole > 0
        ? `Take another copy of the file, or set partial to export the ${whole} whole frames.`
        : "Take another copy of the file.",
    grpcCode: Code.DATA_LOSS,
  });
}
