/** Which shortcut a key press means. */

const TEXT_INPUTS = 'input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]';

/** Somebody is writing: keys are letters there. */
function isTyping(event: KeyboardEvent): boolean {
  return event.target instanceof Element && event.target.closest(TEXT_INPUTS) !== null;
}

/** By its letter; on a keyboard without Latin letters by its place. */
function isLetter(event: KeyboardEvent, letter: string): boolean {
  if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase() === letter;
  return event.code === `Key${letter.toUpperCase()}`;
}

export type Shortcut = 'mute' | 'help';

export function shortcutOf(event: KeyboardEvent): Shortcut | null {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || isTyping(event))
    return null;
  if (event.key === '?') return 'help';
  return isLetter(event, 'm') ? 'mute' : null;
}
