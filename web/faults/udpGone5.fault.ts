import { LineScenario } from './support/lineScenario.ts';
import { endure } from './support/outage.ts';

export default new LineScenario(import.meta.url, {
  name: 'udp-gone-5s',
  number: 10,
  title: 'UDP is gone for 5 s',
  injects: 'No UDP comes through for 5 s, either way.',
  seconds: 25,
  play: endure({ blocked: 'udp', seconds: 5, backWithinMs: 2000 }),
});
