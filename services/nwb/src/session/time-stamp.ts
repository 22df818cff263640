/** A moment as NWB writes it: ISO 8601 with its offset. */
const form = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;

/** The text with "T" and a numeric offset; undefined where it is no moment, or says no offset. */
export function timeStamp(text: string): string | undefined {
  const [, day, minutes, seconds = ":00", offset] = form.exec(text.trim()) ?? [];
  if (day === undefined || offset === undefined) return undefined;
  const zone = offset === "Z" ? "+00:00" : offset.includes(":") ? offset : `${offset.slice(0, 3)}:${offset.slice(3)}`;
  const whole = `${day}T${minutes}${seconds}${zone}`;
  return Number.isNaN(Date.parse(whole)) || !isDate(day) ? undefined : whole;
}

/** A moment in UTC. */
export function timeStampOf(time: Date): string {
  return time.toISOString().replace("Z", "+00:00");
}

/** True for a day alone, which NWB's readers take as a date of birth. */
export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && isDay(text);
}

/** False for the 31st of February, which Date would take for a day in March. */
function isDay(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}
