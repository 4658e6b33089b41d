/** Which shortcut a key press means. */

const TEXT_INPUTS = 'input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]';

/** Somebody is writing there: keys are letters. */
export const isWriting = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest(TEXT_INPUTS) !== null;

/** By its letter; on a keyboard without Latin letters by its place. */
function isLetter(event: KeyboardEvent, letter: string): boolean {
  if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase() === letter;
  return event.code === `Key${letter.toUpperCase()}`;
}

const isPlain = (event: KeyboardEvent): boolean =>
  !event.repeat && !event.ctrlKey && !event.metaKey && !event.altKey && !isWriting(event.target);

export type Shortcut = 'mute' | 'hand' | 'help';

export function shortcutOf(event: KeyboardEvent): Shortcut | null {
  if (!isPlain(event)) return null;
  if (event.key === '?') return 'help';
  if (isLetter(event, 'h')) return 'hand';
  return isLetter(event, 'm') ? 'mute' : null;
}

export type CallShortcut = 'mute' | 'camera' | 'fullScreen';

export function callShortcutOf(event: KeyboardEvent): CallShortcut | null {
  if (!isPlain(event)) return null;
  if (isLetter(event, 'm')) return 'mute';
  if (isLetter(event, 'v')) return 'camera';
  return isLetter(event, 'f') ? 'fullScreen' : null;
}
