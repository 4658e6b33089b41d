/** Which parts of a message are links. */

export interface Piece {
  readonly text: string;
  readonly href?: string;
}

const ADDRESS = /https?:\/\/[^\s<>"«»“”]+/g;
/** What ends a sentence, not an address; a bracket only if the address has none that it closes. */
const TRAILING = /[.,;:!?…'*_]+$/;

function trimmed(address: string): string {
  const text = address.replace(TRAILING, '');
  if (text.endsWith(')') && !text.includes('(')) return trimmed(text.slice(0, -1));
  return text;
}

export function pieces(text: string): readonly Piece[] {
  const found: Piece[] = [];
  let done = 0;
  for (const { 0: match, index } of text.matchAll(ADDRESS)) {
    const address = trimmed(match);
    if (!URL.canParse(address)) continue;
    if (index > done) found.push({ text: text.slice(done, index) });
    found.push({ text: address, href: address });
    done = index + address.length;
  }
  if (done < text.length) found.push({ text: text.slice(done) });
  return found;
}
