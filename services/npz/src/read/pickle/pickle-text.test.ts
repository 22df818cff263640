import { expect, test } from "@jest/globals";
import { pickledText } from "./pickle-text.ts";

const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));

// Made by NumPy 2.4: pickle.dumps(numpy.array("height µ", dtype=object), protocol).
test.each([
  [
    2,
    "gAJjbnVtcHkuX2NvcmUubXVsdGlhcnJheQpfcmVjb25zdHJ1Y3QKcQBjbnVtcHkKbmRhcnJheQpxAUsAhXECY19jb2RlY3MKZW5jb2RlCnEDWAEAAABicQRYBgAAAGxhdGluMXEFhnEGUnEHh3EIUnEJKEsBKWNudW1weQpkdHlwZQpxClgCAAAATzhxC4mIh3EMUnENKEsDWAEAAAB8cQ5OTk5K/////0r/////Sz90cQ9iiV1xEFgJAAAAaGVpZ2h0IMK1cRFhdHESYi4=",
  ],
  [
    3,
    "gANjbnVtcHkuX2NvcmUubXVsdGlhcnJheQpfcmVjb25zdHJ1Y3QKcQBjbnVtcHkKbmRhcnJheQpxAUsAhXECQwFicQOHcQRScQUoSwEpY251bXB5CmR0eXBlCnEGWAIAAABPOHEHiYiHcQhScQkoSwNYAQAAAHxxCk5OTkr/////Sv////9LP3RxC2KJXXEMWAkAAABoZWlnaHQgwrVxDWF0cQ5iLg==",
  ],
  [
    4,
    "gASVkgAAAAAAAACMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAxfcmVjb25zdHJ1Y3SUk5SMBW51bXB5lIwHbmRhcnJheZSTlEsAhZRDAWKUh5RSlChLASloA4wFZHR5cGWUk5SMAk84lImIh5RSlChLA4wBfJROTk5K/////0r/////Sz90lGKJXZSMCWhlaWdodCDCtZRhdJRiLg==",
  ],
])("a pickled text of protocol %d", (_protocol, pickle) => {
  expect(pickledText(bytes(pickle))).toBe("height µ");
});

// The same of b'{"a": 1}'.
test.each([
  [
    2,
    "gAJjbnVtcHkuX2NvcmUubXVsdGlhcnJheQpfcmVjb25zdHJ1Y3QKcQBjbnVtcHkKbmRhcnJheQpxAUsAhXECY19jb2RlY3MKZW5jb2RlCnEDWAEAAABicQRYBgAAAGxhdGluMXEFhnEGUnEHh3EIUnEJKEsBKWNudW1weQpkdHlwZQpxClgCAAAATzhxC4mIh3EMUnENKEsDWAEAAAB8cQ5OTk5K/////0r/////Sz90cQ9iiV1xEGgDWAgAAAB7ImEiOiAxfXERaAWGcRJScRNhdHEUYi4=",
  ],
  [
    3,
    "gANjbnVtcHkuX2NvcmUubXVsdGlhcnJheQpfcmVjb25zdHJ1Y3QKcQBjbnVtcHkKbmRhcnJheQpxAUsAhXECQwFicQOHcQRScQUoSwEpY251bXB5CmR0eXBlCnEGWAIAAABPOHEHiYiHcQhScQkoSwNYAQAAAHxxCk5OTkr/////Sv////9LP3RxC2KJXXEMQwh7ImEiOiAxfXENYXRxDmIu",
  ],
])("pickled bytes of protocol %d", (_protocol, pickle) => {
  expect(pickledText(bytes(pickle))).toBe('{"a": 1}');
});

test.each([
  [
    "a call of os.system",
    "gASVtAAAAAAAAACMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAxfcmVjb25zdHJ1Y3SUk5SMBW51bXB5lIwHbmRhcnJheZSTlEsAhZRDAWKUh5RSlChLASloA4wFZHR5cGWUk5SMAk84lImIh5RSlChLA4wBfJROTk5K/////0r/////Sz90lGKJXZSMBXBvc2l4lIwGc3lzdGVtlJOUjBR0b3VjaCAvdG1wL25wei9wd25lZJSFlFKUYXSUYi4=",
  ],
  [
    "two texts",
    "gASVkgAAAAAAAACMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAxfcmVjb25zdHJ1Y3SUk5SMBW51bXB5lIwHbmRhcnJheZSTlEsAhZRDAWKUh5RSlChLAUsChZRoA4wFZHR5cGWUk5SMAk84lImIh5RSlChLA4wBfJROTk5K/////0r/////Sz90lGKJXZQojAFhlIwBYpRldJRiLg==",
  ],
  [
    "a number",
    "gASViAAAAAAAAACMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAxfcmVjb25zdHJ1Y3SUk5SMBW51bXB5lIwHbmRhcnJheZSTlEsAhZRDAWKUh5RSlChLASloA4wFZHR5cGWUk5SMAk84lImIh5RSlChLA4wBfJROTk5K/////0r/////Sz90lGKJXZRLBWF0lGIu",
  ],
  ["a text alone", "gASVBQAAAAAAAACMAWGULg=="],
  ["a persistent id", "gARQYWJjCi4="],
  ["an empty stack", "gARhLg=="],
  ["an end too early", "gASVkgAAAAAAAACM"],
  ["nothing", ""],
])("%s is not read", (_what, pickle) => {
  expect(pickledText(bytes(pickle))).toBeUndefined();
});

test("any change of a byte ends in a text or in nothing", () => {
  const whole = bytes(
    "gASVkgAAAAAAAACMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAxfcmVjb25zdHJ1Y3SUk5SMBW51bXB5lIwHbmRhcnJheZSTlEsAhZRDAWKUh5RSlChLASloA4wFZHR5cGWUk5SMAk84lImIh5RSlChLA4wBfJROTk5K/////0r/////Sz90lGKJXZSMCWhlaWdodCDCtZRhdJRiLg==",
  );
  for (let at = 0; at < whole.length; at++) {
    for (const value of [0, 1, 0x28, 0x2e, 0x52, 0x61, 0x65, 0x68, 0x94, 255]) {
      const outcome = pickledText(whole.with(at, value));
      expect(outcome === undefined || typeof outcome === "string").toBe(true);
    }
  }
});
