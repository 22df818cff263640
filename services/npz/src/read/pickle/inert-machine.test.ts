import { expect, test } from "@jest/globals";
import { SluiceError } from "@sluice/core";
import * as fc from "fast-check";
import { pickledUnits } from "../../testing/pickled-units.ts";
import { sortedUnits } from "../sorted/sorted-units.ts";
import { PickleError } from "./inert.ts";
import { decodeInert } from "./inert-machine.ts";
import { pickledObjects } from "./pickled-array.ts";

/** Decodes whatever comes: to the number of units, or to an error that says what is wrong with it. */
function outcomeOf(bytes: Uint8Array): number | string {
  try {
    return sortedUnits(pickledObjects(decodeInert(bytes))).trains.length;
  } catch (error) {
    if (error instanceof PickleError || error instanceof SluiceError) return error.message;
    throw error;
  }
}

const opcodes = "\x80\x95c\x93X\x8c\x8eBCGJKM\x8aN\x88\x89()]}\x85\x86\x87taesuRbqr\x94hj.0PQoi\x81\x92V".split("");
const pieces = [
  ...opcodes,
  "\x00",
  "\x01",
  "cnumpy\nndarray\n",
  "cnumpy\ndtype\n",
  "cnumpy.core.multiarray\n_reconstruct\n",
  "cnumpy._core.multiarray\nscalar\n",
  "c_codecs\nencode\n",
  "cposix\nsystem\n",
  "\x8c\x02i8",
  "C\x01b",
  "K\x00\x85",
];

test("random opcodes end in a value or in a reason, and run nothing", () => {
  const program = fc.array(
    fc.oneof(
      fc.constantFrom(...pieces),
      fc.nat(255).map((byte) => String.fromCharCode(byte)),
    ),
    {
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(program, (parts) => {
      outcomeOf(new Uint8Array(Buffer.from(`${parts.join("")}.`, "latin1")));
    }),
    { numRuns: 1500 },
  );
});

test.each([2, 3, 4] as const)(
  "a true pickle with any byte changed ends in a value or in a reason, protocol %i",
  (at) => {
    const whole = pickledUnits[at];
    expect(outcomeOf(whole)).toBe(2);
    for (let position = 0; position < whole.length; position++) {
      for (const value of [0x28, 0x68, 0xff]) outcomeOf(whole.with(position, value));
    }
  },
);

test("what grows with every opcode is bounded", () => {
  const reason = (text: string) => {
    try {
      decodeInert(new Uint8Array(Buffer.from(text, "latin1")));
      return "decoded";
    } catch (error) {
      return error instanceof PickleError ? error.message : error;
    }
  };
  // Pairs of pairs of pairs, which nobody walks; as a text they would be endless.
  const level = (index: number) => `h${String.fromCharCode(index)}`.repeat(2);
  const pairs = Array.from({ length: 40 }, (_, index) => `${level(index + 1)}\x86\x94`).join("");
  const laughs = `c_codecs\nencode\n\x94]\x94${pairs}`;
  expect(reason(`${laughs}.`)).toBe("decoded");
  expect(reason(`${laughs}h\x00h\x29\x8c\x06latin1\x86R.`)).toBe("bytes of another encoding");
  expect(reason(`${laughs}h\x29\x93.`)).toBe("a name that is no text");
  // One text, encoded over and over.
  const again = "h\x01h\x00\x8c\x06latin1\x86R";
  expect(reason(`\x8c\x40${"a".repeat(64)}\x94c_codecs\nencode\n\x94${again.repeat(40)}.`)).toBe(
    "more bytes than it has",
  );
  expect(reason("]".repeat(2 ** 22 + 1))).toBe(`more than ${2 ** 22} opcodes`);
  expect(reason("r\xff\xff\xff\x7f.")).toBe("2147483647 in the memo");
  expect(reason("X\xff\xff\xff\xff.")).toContain("a text of");
  expect(reason("\x8e\xff\xff\xff\xff\xff\xff\xff\xff.")).toBe("an end too early");
});
