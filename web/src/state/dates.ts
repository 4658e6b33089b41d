/** When something was, as short as it can be said. */

const DAY_MS = 86_400_000;

const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

/** Today by the hour, this week by the day, further back by the date. */
export function whenWords(at: number, now: number, language: string): string {
  const days = Math.round((midnight(now) - midnight(at)) / DAY_MS);
  const format = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(language, options).format(at);
  const time = format({ timeStyle: 'short' });
  if (days <= 0) return time;
  if (days === 1) {
    const day = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-1, 'day');
    return `${day.charAt(0).toLocaleUpperCase(language)}${day.slice(1)}, ${time}`;
  }
  if (days < 7) return `${format({ weekday: 'short' })}, ${time}`;
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return format({ day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) });
}
