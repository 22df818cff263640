import { expect, test } from "@jest/globals";
import { maskKey, playnanoStepName, processedKey, stepTypeOf } from "./keys.ts";

test("layers are named as playNano's pipeline names them", () => {
  expect(processedKey(1, "remove_plane")).toBe("step_1_remove_plane");
  expect(processedKey(4, "select_frames")).toBe("step_4_drop_frames");
  expect(maskKey(2, "mask_threshold")).toBe("step_2_mask_threshold");
  expect(maskKey(3, "mask_adaptive", "step_2_mask_threshold")).toBe("step_3_mask_threshold_mask_adaptive");
});

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
