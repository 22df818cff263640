/** A value of the command line: JSON where it parses as JSON (numbers, true, false, null, quoted text, lists), else text. */
export function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
