import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { SaxesParser } from "saxes";
import { element, escapeXml, isXmlText, openTag } from "./xml.ts";

test("writes elements with their attributes", () => {
  expect(element("A", { b: 1, c: undefined, d: "x" })).toBe('<A b="1" d="x"/>');
  expect(element("A", {}, "text", element("B", { c: true }))).toBe('<A>text<B c="true"/></A>');
  expect(openTag("A", { unit: "\u00b5m" })).toBe('<A unit="\u00b5m">');
});

test("escapes markup by name, line ends by number, and replaces what XML forbids", () => {
  expect(escapeXml(`a<b>&"c'`)).toBe(`a&lt;b&gt;&amp;"c'`);
  expect(element("A", { b: `<"'&#181;` })).toBe(`<A b="&lt;&quot;'&amp;#181;"/>`);
  expect(escapeXml("\u00e9\r\n\t\u{1f52c}")).toBe("\u00e9&#13;\n\t\u{1f52c}");
  expect(element("A", { b: "\n\t" })).toBe('<A b="&#10;&#9;"/>');
  expect(escapeXml("\u0000\ud800")).toBe("\ufffd\ufffd");
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
