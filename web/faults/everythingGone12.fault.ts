import { LineScenario } from './support/lineScenario.ts';
import { endure } from './support/outage.ts';

export default new LineScenario(import.meta.url, {
  name: 'all-gone-12s',
  number: 10,
  title: 'Everything is gone for 12 s',
  injects: 'No packet comes through for 12 s: signalling is lost too, but the seat is kept.',
  seconds: 35,
  play: endure({ blocked: 'everything', seconds: 12, backWithinMs: 8000 }),
});
