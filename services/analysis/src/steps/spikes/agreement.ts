import * as v from "valibot";
import { agreementScore, matches } from "../../numeric/agreement.ts";
import { notNegativeMs } from "../../spikes/parameters.ts";
import { defineTrainsStep, unitAxis } from "../../spikes/trains-step.ts";

/**
 * Agreement of two sortings of one recording, the first two of the dataset: for each pair of units the matching spikes
 * over all spikes of both (each match once), and over the spikes of either.
 */
export const agreement = defineTrainsStep({
  name: "agreement",
  summary: "Agreement of the units of two sortings of one recording.",
  parameters: v.strictObject({ deltaMs: notNegativeMs(0.4, "Spikes so close match, in ms.") }),
  needs: { length: false, pairs: true },
  recordings: 2,
  results: (outline, _, others) => {
    const second = others[0] ?? outline;
    const axes = [unitAxis(outline), unitAxis(second, "other_unit")];
    const shared = { dataType: "float64", axes } as const;
    return {
      arrays: [
        { ...shared, name: "agreement", description: "matches / (spikes + other spikes - matches)" },
        { ...shared, name: "agreement_first", description: "matches / spikes of the first sorting's unit" },
        { ...shared, name: "agreement_second", description: "matches / spikes of the second sorting's unit" },
      ],
    };
  },
  compute: function* ({ units }, { deltaMs }, [second]) {
    const others = second?.units ?? [];
    const share = (matched: number, spikes: number) => (spikes > 0 ? matched / spikes : 0);
    for (const train of units) {
      const matched = others.map((other) => matches(train, other, deltaMs));
      const rows = [
        ["agreement", (count: number, other: number) => agreementScore(count, train.length, other)],
        ["agreement_first", (count: number) => share(count, train.length)],
        ["agreement_second", (count: number, other: number) => share(count, other)],
      ] as const;
      for (const [name, of] of rows) {
        yield [name, Float64Array.from(matched, (count, index) => of(count, (others[index] as Float64Array).length))];
      }
    }
  },
});
