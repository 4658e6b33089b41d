/** The table of rights in docs/threat-model.md, made from the one that the server goes by. */
import { requests } from '@veche/protocol';
import type { RequestName } from '@veche/protocol';
import { RIGHTS, rights } from './rights.ts';
import type { Right } from './rights.ts';

const START = '<!-- rights: made by `npm run docs` -->';
const END = '<!-- end of rights -->';

const rightsTable = (): string => {
  const names = Object.keys(rights) as RequestName[];
  const rows = (Object.keys(RIGHTS) as Right[]).map((right) => {
    const needing = names.filter((name) => rights[name] === right);
    const codes = new Set(needing.flatMap((name) => requests[name].refuses));
    const refusals = ['NOT_FOUND', 'FORBIDDEN', 'ROOM_LOCKED', 'MEDIA_RESET'] as const;
    const said = refusals.filter((code) => codes.has(code)).map((code) => `\`${code}\``);
    const list = needing.map((name) => `\`${name}\``).join(' ');
    return `| \`${right}\` | ${RIGHTS[right]} | ${list} | ${said.join(' ')} |`;
  });
  return [
    '| right | what it asks for | requests | refused with |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
};

/** The threat model with its table brought up to date. */
export const withRightsTable = (page: string): string => {
  const start = page.indexOf(START);
  const end = page.indexOf(END);
  if (start < 0 || end < start) throw new Error(`the page lacks the lines ${START} and ${END}`);
  return `${page.slice(0, start)}${START}\n\n<!-- prettier-ignore -->\n${rightsTable()}\n\n${page.slice(end)}`;
};
