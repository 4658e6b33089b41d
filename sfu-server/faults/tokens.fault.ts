/** Row 16: tokens that are not what they should be, and secrets that can be guessed. */
import { Scenario } from './scenario.ts';
import { sweep } from './support/sweep.ts';

/** Each of these tries several tokens or secrets. */
const LEAST_CASES = 10;
const FILES = [
  'sfu-server/test/tokens.test.ts',
  'sfu-server/test/badInput.test.ts',
  'sfu-server/test/process.test.ts',
];

export default new Scenario({
  name: 'tokens',
  number: 16,
  title: 'Tokens that are not what they should be, secrets that can be guessed',
  injects:
    'Tokens unsigned, edited, expired, revoked or for somebody else; a start with a weak secret.',
  seconds: 60,
  amongTests: false,
  run: (context) => Promise.resolve(sweep(context, FILES, LEAST_CASES)),
});
