import * as v from "valibot";

/** Options that this profile alone knows. */
export const playnanoOptionEntries = {
  raw: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        "playnano: the data before the first step, with their own times, as the layer `raw` holds them; without the " +
          "other layers and the masks.",
      ),
    ),
  ),
};
