// Records frames into an HDF5 file until it is killed: FOLDER CHECKPOINT_EVERY (frames; 0 for never). Says how many frames
// it has, and how many a checkpoint holds.
import { Hdf5Writer } from "@sluice/hdf5";
import { openDirectorySink } from "@sluice/sink";

const [folder = "", every = "0"] = process.argv.slice(2);
const sink = await openDirectorySink({ root: folder, directory: "", overwrite: false, sha256: false });
const file = new Hdf5Writer(await sink.create("recording.h5", "application/x-hdf5"));
const movie = file.root.createDataset("movie", {
  type: "uint16",
  shape: [0, 64, 64],
  maxShape: [null, 64, 64],
  chunks: [4, 64, 64],
  shuffle: true,
  deflate: "adaptive",
});
const times = file.root.createDataset("times", { type: "float64", shape: [0], maxShape: [null] });
file.root.attributes.set("instrument", "scope");

for (let frame = 0; ; frame++) {
  await movie.append(new Uint16Array(64 * 64).fill(frame));
  await times.append(Float64Array.of(frame / 10));
  console.log(`frames ${frame + 1}`);
  if (Number(every) > 0 && (frame + 1) % Number(every) === 0) {
    await file.checkpoint();
    console.log(`checkpoint ${frame + 1}`);
  }
}
