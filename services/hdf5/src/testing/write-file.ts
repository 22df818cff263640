import { type GroupWriter, Hdf5Writer } from "@sluice/hdf5";
import { memorySink } from "@sluice/sink/testing";

/** The bytes of an HDF5 file that `fill` filled. */
export async function writeHdf5(fill: (root: GroupWriter) => Promise<void>): Promise<Uint8Array> {
  const sink = memorySink();
  const file = new Hdf5Writer(await sink.create("file.h5", "application/x-hdf5"));
  await fill(file.root);
  await file.close();
  await sink.prepare();
  return sink.files.get("file.h5") as Uint8Array;
}
