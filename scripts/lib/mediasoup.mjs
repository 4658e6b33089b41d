// Where the installed mediasoup package and our recipe for its worker lie.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';

export const MEDIASOUP = join(ROOT, 'node_modules', 'mediasoup');
export const RECIPE = join(ROOT, 'sfu-server', 'worker-build');

/** @returns {string} */
export function mediasoupVersion() {
  return JSON.parse(readFileSync(join(MEDIASOUP, 'package.json'), 'utf8')).version;
}
