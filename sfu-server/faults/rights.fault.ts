/** Row 15: every request with what belongs to others. */
import { requests } from '@veche/protocol';
import { Scenario } from './scenario.ts';
import { sweep } from './support/sweep.ts';

export default new Scenario({
  name: 'rights',
  number: 15,
  title: 'Every request with what belongs to others',
  injects: 'Ids of others, other rooms, epochs that are over, after leaving, and without a right.',
  seconds: 60,
  amongTests: false,
  run: (context) => {
    const leastCases = Object.keys(requests).length;
    return Promise.resolve(sweep(context, ['sfu-server/test/rights.test.ts'], leastCases));
  },
});
