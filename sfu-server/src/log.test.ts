import { expect, it } from 'vitest';
import { createLog } from './log.ts';

it('writes no secret of an object that is logged by mistake, however deep it lies', () => {
  let text = '';
  const log = createLog({ level: 'debug', format: 'json' }, { write: (line) => (text += line) });
  const secrets = {
    token: 'HIDE-1',
    password: 'HIDE-2',
    secret: 'HIDE-3',
    auth: { token: 'HIDE-4' },
  };
  log.info({ ...secrets, headers: { authorization: 'Bearer HIDE-5', cookie: 'HIDE-6' } }, 'top');
  log.warn({ payload: secrets, user: 'Ana' }, 'inside');
  log.error(
    { request: { headers: { authorization: 'HIDE-7' }, payload: secrets } },
    'further inside',
  );
  const error = Object.assign(new Error('failed'), { token: 'HIDE-8', handshake: secrets });
  log.child({ roomId: 'room' }).error({ err: error }, 'of an error');
  expect(text.split('\n').filter(Boolean)).toHaveLength(4);
  expect(text).toContain('Ana');
  expect(text).toContain('failed');
  expect(text).not.toContain('HIDE');
});
