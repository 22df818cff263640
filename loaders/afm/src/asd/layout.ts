import type { Field } from "./field-table.ts";

/**
 * Layouts of RIBM .asd files, little endian, in the order of the bytes.
 * Names follow AFMReader's. Sources: libasd (header.hpp, read_header.hpp) and AFMReader (asd.py); version 1 was checked
 * byte for byte on a real recording, versions 0 and 2 were not. Lengths are in pixels, nanometres, milliseconds, volts.
 */

export const versionField: readonly Field[] = [["version", "i32"]];

const version0: readonly Field[] = [
  ["channel1", "text", 2],
  ["channel2", "text", 2],
  ["header_length", "i32"],
  ["frame_header_length", "i32"],
  ["user_name_size", "i32"],
  ["comment_offset_size", "i32"],
  ["comment_size", "i32"],
  ["x_pixels", "i16"],
  ["y_pixels", "i16"],
  ["x_nm", "i16"],
  ["y_nm", "i16"],
  ["frame_time", "f32"],
  ["z_piezo_extension", "f32"],
  ["z_piezo_gain", "f32"],
  ["adc_range", "u32"],
  ["adc_bits", "i32"],
  ["is_averaged", "bool"],
  ["averaging_window", "i32"],
  ["", "skip", 2],
  ["year", "i16"],
  ["month", "u8"],
  ["day", "u8"],
  ["hour", "u8"],
  ["minute", "u8"],
  ["second", "u8"],
  ["x_rounding", "u8"],
  ["max_x_scan_range", "f32"],
  ["max_y_scan_range", "f32"],
  ["", "skip", 12],
  ["initial_frames", "i32"],
  ["num_frames", "i32"],
  ["afm_id", "i32"],
  ["file_id", "i16"],
  ["user_name", "text", "user_name_size"],
  ["scanner_sensitivity", "f32"],
  ["phase_sensitivity", "f32"],
  ["scan_direction", "i32"],
  ["", "skip", "comment_offset_size"],
  ["comment", "text", "comment_size"],
];

const version1: readonly Field[] = [
  ["header_length", "i32"],
  ["frame_header_length", "i32"],
  ["text_encoding", "i32"],
  ["user_name_size", "i32"],
  ["comment_size", "i32"],
  ["channel1", "text", 4],
  ["channel2", "text", 4],
  ["initial_frames", "i32"],
  ["num_frames", "i32"],
  ["scan_direction", "i32"],
  ["file_id", "i32"],
  ["x_pixels", "i32"],
  ["y_pixels", "i32"],
  ["x_nm", "i32"],
  ["y_nm", "i32"],
  ["is_averaged", "bool"],
  ["averaging_window", "i32"],
  ["year", "i32"],
  ["month", "i32"],
  ["day", "i32"],
  ["hour", "i32"],
  ["minute", "i32"],
  ["second", "i32"],
  ["x_rounding", "i32"],
  ["y_rounding", "i32"],
  ["frame_time", "f32"],
  ["scanner_sensitivity", "f32"],
  ["phase_sensitivity", "f32"],
  ["offset", "i32"],
  ["", "skip", 12],
  ["afm_id", "i32"],
  ["adc_range", "u32"],
  ["adc_bits", "i32"],
  ["max_x_scan_range", "f32"],
  ["max_y_scan_range", "f32"],
  ["x_piezo_extension", "f32"],
  ["y_piezo_extension", "f32"],
  ["z_piezo_extension", "f32"],
  ["z_piezo_gain", "f32"],
  ["user_name", "text", "user_name_size"],
  ["comment", "text", "comment_size"],
];

const colours: readonly Field[] = [
  ["x_feed_forward_integer", "i32"],
  ["x_feed_forward_double", "f64"],
  ["max_colour_scale", "i32"],
  ["min_colour_scale", "i32"],
  ["red_anchor_count", "i32"],
  ["green_anchor_count", "i32"],
  ["blue_anchor_count", "i32"],
  ["red_anchors", "points", "red_anchor_count"],
  ["green_anchors", "points", "green_anchor_count"],
  ["blue_anchors", "points", "blue_anchor_count"],
];

/** What version 2 adds, as AFMReader reads it. */
const version2: readonly Field[] = [...version1, ["number_of_frames", "i32"], ...colours];

/** What version 2 adds, as libasd reads it: one flag byte more. Which one a file has shows in its lengths. */
const version2WithFlag: readonly Field[] = [
  ...version1,
  ["number_of_frames", "i32"],
  ["is_x_feed_forward", "bool"],
  ...colours,
];

/** Layouts of the header after the version, the likelier first. */
export const layouts: Readonly<Record<number, readonly (readonly Field[])[]>> = {
  0: [version0],
  1: [version1],
  2: [version2, version2WithFlag],
};

/** Header of every frame; y_pixels * x_pixels int16 levels follow it. */
export const frameHeader: readonly Field[] = [
  ["number", "i32"],
  ["max", "i16"],
  ["min", "i16"],
  ["x_offset", "i16"],
  ["y_offset", "i16"],
  ["x_tilt", "f32"],
  ["y_tilt", "f32"],
  ["stimulated", "bool"],
  ["", "skip", 11],
];

/** Bytes of {@link frameHeader}. */
export const frameHeaderBytes = 32;
