import type { FrameTimes } from "./frame-times.ts";

/**
 * Makes the text of each frame from a template: `{t}`, `{ms}` and `{min}` are the frame's time in seconds, milliseconds
 * and minutes, `{frame}` its number from 0. Decimals by `{t:2}`, otherwise as many as tell the frames apart, for seconds
 * at least two unless all times are whole.
 *
 * @param template "auto": `t = {t} s`, or `frame {frame}` where times are not known
 * @param frames when known
 */
export function timestampOf(
  template: string,
  times: FrameTimes,
  frames: number | undefined,
): (index: number) => string {
  const text = template === "auto" ? (times.known ? "t = {t} s" : "frame {frame}") : template;
  const looked = Math.min(frames ?? 64, 4096);
  const seconds = Array.from({ length: looked }, (_, index) => times.secondsAt(index));
  const parts = text.split(/(\{[^}]*\})/).map((part) => {
    const [, name = "", decimals] = /^\{(\w+)(?::(\d))?\}$/.exec(part) ?? [];
    if (name === "") return () => part;
    if (name === "frame") return (index: number) => String(index);
    const factor = { t: 1, ms: 1000, min: 1 / 60 }[name] as number;
    const digits = decimals === undefined ? decimalsOf(seconds, factor, name === "t" ? 2 : 0) : Number(decimals);
    return (index: number) => positiveZero((times.secondsAt(index) * factor).toFixed(digits));
  });
  return (index) => parts.map((part) => part(index)).join("");
}

const mostDecimals = 6;

function decimalsOf(seconds: readonly number[], factor: number, usual: number): number {
  const values = seconds.map((value) => value * factor);
  const exact = [...Array(usual).keys()].find((decimals) =>
    values.every((value) => Math.abs(value - Number(value.toFixed(decimals))) < 1e-9 * Math.max(1, Math.abs(value))),
  );
  if (exact !== undefined) return exact;
  const steps = values.slice(1).map((value, index) => value - (values[index] as number));
  const least = Math.min(...steps);
  return Number.isFinite(least) ? Math.min(mostDecimals, Math.max(usual, Math.ceil(1 - Math.log10(least)))) : usual;
}

function positiveZero(text: string): string {
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}
