export { asdLoader } from "./asd/asd-loader.ts";
export { jpkLoader } from "./jpk/jpk-loader.ts";
export { type SimulatedMovie, simulateAfmMovie } from "./simulate/simulate-afm-movie.ts";
