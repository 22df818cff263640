import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { TemplateTally } from "./template-tally.ts";

test("the template of most spikes of a cluster, of equal ones the least", () => {
  const cluster = fc.constantFrom(-1, 0, 1, 2, 2 ** 16 - 1, 2 ** 16, 2 ** 40);
  const pairs = fc.array(fc.tuple(cluster, fc.nat(3)), { maxLength: 40 });
  fc.assert(
    fc.property(fc.array(pairs), (lists) => {
      const tally = new TemplateTally();
      for (const list of lists) {
        tally.take(
          Float64Array.from(list, ([id]) => id),
          Float64Array.from(list, ([, template]) => template),
        );
      }
      const all = lists.flat();
      const expected = new Map<number, number>();
      for (const id of new Set(all.map(([own]) => own))) {
        const counts = [0, 1, 2, 3].map((wanted) => all.filter(([own, template]) => own === id && template === wanted));
        const lengths = counts.map(({ length }) => length);
        expected.set(id, lengths.indexOf(Math.max(...lengths)));
      }
      expect(tally.mostFrequent()).toEqual(expected);
      expect(tally.mostFrequent()).toEqual(expected);
    }),
  );
});
