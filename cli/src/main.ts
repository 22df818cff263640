import { Library } from "@sluice/hdf5/library";

// The library that reads HDF5 takes longest to start, in a thread of its own: beside the rest where a file will need it.
if (process.argv.slice(2).some((argument) => /\.(h5|hdf5|nwb|h5-jpk)$/i.test(argument))) Library.prepare();
await import("./program.ts");
