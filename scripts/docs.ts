// Writes PROTOCOL.md, the tables in README.md and that of rights in the threat model from their
// sources.
import { readFileSync, writeFileSync } from 'node:fs';
import { documentProtocol } from '../protocol/src/documentation.ts';
import { withFiguresTable } from '../sfu-server/bench/report/readme.ts';
import { withFaultsTable } from '../sfu-server/faults/readme.ts';
import { withSettingsTable } from '../sfu-server/src/config/documentation.ts';
import { withRightsTable } from '../sfu-server/src/signalling/rightsTable.ts';

const root = new URL('../', import.meta.url);
const update = (path: string, bringUpToDate: (text: string) => string): void => {
  const file = new URL(path, root);
  writeFileSync(file, bringUpToDate(readFileSync(file, 'utf8')));
};
update('protocol/PROTOCOL.md', documentProtocol);
update('README.md', (readme) => withFaultsTable(withFiguresTable(withSettingsTable(readme))));
update('docs/threat-model.md', withRightsTable);
