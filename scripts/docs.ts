// Writes PROTOCOL.md and the table of settings in README.md from their sources.
import { readFileSync, writeFileSync } from 'node:fs';
import { documentProtocol } from '../protocol/src/documentation.ts';
import { withSettingsTable } from '../sfu-server/src/config/documentation.ts';

const root = new URL('../', import.meta.url);
const readme = new URL('README.md', root);
writeFileSync(new URL('protocol/PROTOCOL.md', root), documentProtocol());
writeFileSync(readme, withSettingsTable(readFileSync(readme, 'utf8')));
