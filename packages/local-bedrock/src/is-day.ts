/** Whether the text is a day of the calendar, written YYYY-MM-DD. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Throws an `Error` that says how to write a day, when the text is none. */
export function requireDay(today: string): void {
  if (!isDay(today)) throw new Error(`"${today}" is not a day. Write it as YYYY-MM-DD, such as 2026-11-23.`);
}
