import { LineScenario } from './support/lineScenario.ts';
import { endure } from './support/outage.ts';

export default new LineScenario(import.meta.url, {
  name: 'media-gone-20s',
  number: 10,
  title: 'All media is gone for 20 s',
  injects: 'No media comes through for 20 s, neither over UDP nor over TCP; signalling does.',
  seconds: 40,
  play: endure({ blocked: 'media', seconds: 20, backWithinMs: 5000 }),
});
