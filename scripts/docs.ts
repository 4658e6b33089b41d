// Writes PROTOCOL.md and the tables of settings and figures in README.md from their sources.
import { readFileSync, writeFileSync } from 'node:fs';
import { documentProtocol } from '../protocol/src/documentation.ts';
import { withFiguresTable } from '../sfu-server/bench/report/readme.ts';
import { withSettingsTable } from '../sfu-server/src/config/documentation.ts';

const root = new URL('../', import.meta.url);
const readme = new URL('README.md', root);
writeFileSync(new URL('protocol/PROTOCOL.md', root), documentProtocol());
writeFileSync(readme, withFiguresTable(withSettingsTable(readFileSync(readme, 'utf8'))));
