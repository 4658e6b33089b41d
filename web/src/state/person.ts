/** How a person is drawn where there is no picture. */

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function firstLetter(word: string): string {
  const [first] = graphemes.segment(word);
  return first?.segment.toLocaleUpperCase() ?? '';
}

/** The first letters of the first two words. */
export function initialsOf(name: string): string {
  const [first = '', second = ''] = name.split(/\s+/u).filter(Boolean);
  return firstLetter(first) + firstLetter(second);
}

/** 0 … 359, the same for the same id on every screen (FNV-1a). */
export function hueOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const character of id) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return (hash >>> 0) % 360;
}
