import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { SaxesParser } from "saxes";
import { element, escapeXml, isXmlText, openTag } from "./xml.ts";

test("writes elements with their attributes", () => {
  expect(element("A", { b: 1, c: undefined, d: "x" })).toBe('<A b="1" d="x"/>');
  expect(element("A", {}, "text", element("B", { c: true }))).toBe('<A>text<B c="true"/></A>');
  expect(openTag("A", { unit: "\u00b5m" })).toBe('<A unit="&#181;m">');
});

test("escapes markup, everything beyond ASCII and white space, and replaces what XML forbids", () => {
  expect(escapeXml(`a<b>&"c'`)).toBe(`a&#60;b&#62;&#38;"c'`);
  expect(element("A", { b: `<"'` })).toBe(`<A b="&#60;&#34;'"/>`);
  expect(escapeXml("\u00e9\n\t\u{1f52c}")).toBe("&#233;&#10;&#9;&#128300;");
  expect(escapeXml("\u0000\ud800")).toBe("&#65533;&#65533;");
  expect(isXmlText("\u00e9\n\u{1f52c}")).toBe(true);
  expect(isXmlText("\u0001")).toBe(false);
});

test("a parser reads back every text that XML can hold", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const seen: { attribute?: string; text: string } = { text: "" };
      const parser = new SaxesParser();
      parser.on("opentag", ({ attributes }) => {
        seen.attribute = String(attributes["a"]);
      });
      parser.on("text", (piece) => {
        seen.text += piece;
      });
      parser.write(element("R", { a: text }, escapeXml(text))).close();
      const expected = [...text].map((letter) => (isXmlText(letter) ? letter : "\ufffd")).join("");
      expect(seen).toEqual({ attribute: expected, text: expected });
    }),
  );
});
