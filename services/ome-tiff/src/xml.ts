/** Values of attributes; those that are undefined are left out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** `<name a="1">children</name>`, or `<name a="1"/>` without children. Children are XML, attribute values are text. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const opening = `<${name}${attributeText(attributes)}`;
  return children.length === 0 ? `${opening}/>` : `${opening}>${children.join("")}</${name}>`;
}

/** The opening tag alone, for elements whose children are streamed. */
export function openTag(name: string, attributes: Attributes): string {
  return `<${name}${attributeText(attributes)}>`;
}

function attributeText(attributes: Attributes): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeAttribute(String(value))}"`)
    .join("");
}

/**
 * Text as XML. Beyond ASCII it stays as it is, for UTF-8: Bio-Formats blanks out every `&#`, and with it the unit of
 * `&#181;m`, so numeric references stand for line ends alone, where a parser would change them. Characters that XML 1.0
 * forbids (section 2.2: most control characters, halves of surrogate pairs) become U+FFFD.
 */
export function escapeXml(text: string): string {
  return text.replace(/[&<>\r]|[^\n\t -~]/gu, escaped);
}

function escapeAttribute(text: string): string {
  return text.replace(/[&<>"]|[^ -~]/gu, escaped);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

function escaped(character: string): string {
  const code = character.codePointAt(0) as number;
  return entities[character] ?? (isXmlCharacter(code) ? character : "\ufffd");
}

/** True when XML 1.0 can hold the text as it is. */
export function isXmlText(text: string): boolean {
  for (const character of text) {
    if (!isXmlCharacter(character.codePointAt(0) as number)) return false;
  }
  return true;
}

/** XML 1.0, production 2 "Char". */
function isXmlCharacter(code: number): boolean {
  return (
    code === 0x9 ||
    code === 0xa ||
    code === 0xd ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff)
  );
}
