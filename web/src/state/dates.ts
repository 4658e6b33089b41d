/** When something was or will be, as short as it can be said. */

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

const relativeDay = (days: number, language: string): string =>
  new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(days, 'day');

/** Today by the hour, this week by the day, further back by the date. */
export function whenWords(at: number, now: number, language: string): string {
  const days = Math.round((midnight(now) - midnight(at)) / DAY_MS);
  const format = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(language, options).format(at);
  const time = format({ timeStyle: 'short' });
  if (days <= 0) return time;
  if (days === 1) {
    const day = relativeDay(-1, language);
    return `${day.charAt(0).toLocaleUpperCase(language)}${day.slice(1)}, ${time}`;
  }
  if (days < 7) return `${format({ weekday: 'short' })}, ${time}`;
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return format({ day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) });
}

/** Until when something lasts, for the middle of a sentence: by the end of that minute it is over. */
export function untilWords(until: number, now: number, language: string): string {
  const at = Math.ceil(until / MINUTE_MS) * MINUTE_MS;
  const days = Math.round((midnight(at) - midnight(now)) / DAY_MS);
  const format = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(language, options).format(at);
  const time = format({ timeStyle: 'short' });
  if (days <= 0) return time;
  if (days === 1) return `${relativeDay(1, language)}, ${time}`;
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const day = format({ day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) });
  return `${day}, ${time}`;
}
