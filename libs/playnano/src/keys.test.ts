import { expect, test } from "@jest/globals";
import { playnanoStepName, stepTypeOf } from "./keys.ts";

test.each([
  ["afm.remove_plane", "remove_plane", "filter"],
  ["afm.mask_threshold", "mask_threshold", "mask"],
  ["align_frames", "align_frames", "video_filter"],
  ["afm.drop_frame_range", "drop_frame_range", "stack_edit"],
  ["clear", "clear", "clear"],
  ["afm.clear_mask", "clear", "clear"],
])("%s is %s, a %s", (name, expected, type) => {
  expect(playnanoStepName(name)).toBe(expected);
  expect(stepTypeOf(expected)).toBe(type);
});
