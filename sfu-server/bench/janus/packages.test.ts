import { expect, it } from 'vitest';
import { packagesToGet } from './packages.ts';

it('the packages that are missing are known from a simulation, Janus always among them', () => {
  const simulation = `Reading package lists...
The following additional packages will be installed:
  libnice10
Inst libnice10 (0.1.21-1 Debian:12.15/oldstable [amd64])
Inst janus (1.1.2-1 Debian:12.15/oldstable [amd64])
Conf libnice10 (0.1.21-1 Debian:12.15/oldstable [amd64])
`;
  expect(packagesToGet(simulation)).toEqual(['libnice10', 'janus']);
  expect(packagesToGet('janus is already the newest version')).toEqual(['janus']);
});
