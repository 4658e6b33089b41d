import { expect, it } from 'vitest';
import { RequestError } from '../session/index.ts';
import { faultText } from './faults.ts';

it('says what is in the way, where a refusal has more to say than its code', () => {
  const spread = faultText(new RequestError('INVALID_STATE', '', true, 'room_spread'));
  expect(spread).toContain('several workers');
  expect(faultText(new RequestError('INVALID_STATE', ''))).toBe('It cannot be done right now.');
  expect(faultText(new RequestError('FORBIDDEN', '', true, 'banned'))).toBe(
    faultText(new RequestError('FORBIDDEN', '')),
  );
  expect(faultText(RequestError.timeout('mod:voice'))).toContain('does not answer');
});
