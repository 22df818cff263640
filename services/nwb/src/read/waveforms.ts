import type { Hdf5File } from "@sluice/hdf5";
import { ArraySpec, Axis, AxisType } from "@sluice/proto";
import { conversionOf } from "../contents/volts.ts";
import type { SluiceRecord } from "../sluice-record.ts";

/** Mean waveforms as the array of templates, [unit, sample(, channel)], in volts; undefined where they are none. */
export async function templatesSpec(
  file: Hdf5File,
  path: string,
  arrayId: number,
  record: SluiceRecord | undefined,
): Promise<ArraySpec | undefined> {
  const { shape, dataType } = await file.dataset(path);
  if (!dataType?.startsWith("float") || shape === null || shape.length < 2 || shape.length > 3) return undefined;
  const name = record?.dataset.spikeTrains[0]?.templatesArray || "spikes/templates";
  const own = record?.arrays.find((array) => array.name === name);
  const unscaled = own && conversionOf(own, { rawUnit: undefined });
  const same = unscaled?.conversion === 1 && unscaled.offset === 0;
  const axes = [
    { name: "unit", type: AxisType.AXIS_TYPE_ITEM },
    { name: "sample", type: AxisType.AXIS_TYPE_TIME },
    { name: "channel", type: AxisType.AXIS_TYPE_CHANNEL },
  ];
  return ArraySpec.fromPartial({
    arrayId,
    name,
    dataType,
    unit: same ? (own?.unit ?? "V") : "V",
    axes: shape.map((size, axis) => Axis.fromPartial({ ...axes[axis], size })),
  });
}
