/** Calls that nobody takes, in real browsers: what both read of them, then and later. */
import { describe, expect, it } from 'vitest';
import type { Caller } from './support/caller.ts';
import { BINS } from './support/person.ts';
import { setScene } from './support/scene.ts';

const [ANA, BO] = BINS;
const scene = setScene({ calls: { ringMs: 2500 } });

const badge = ({ page }: Caller) => page.getByRole('link', { name: /^Calls.*1 missed call/ });

describe('a call that nobody answers', () => {
  it('says so to the caller, rings no more, and is missed', async () => {
    const ana = await scene.callable('Ana', ANA);
    const bo = await scene.callable('Bo', BO);
    await ana.call('Bo', 'audio');
    await bo.isIn('ringing');
    await ana.readsEnd('no_answer', 'No answer');
    await ana.page.getByText('They will see that you called.').waitFor();
    await bo.hasNoCall();
    await bo.page.getByText('Missed call from Ana').first().waitFor();
    await badge(bo).waitFor();

    await ana.press('Close');
    await ana.page.getByRole('link', { name: 'Calls', exact: true }).click();
    await ana.page.getByText('No answer').waitFor();
  });
});

describe('a call to somebody who is away', () => {
  it('is shown at their next sign-in until they have seen it', async () => {
    const former = await scene.callable('Bo', BO);
    const storageState = await former.person.context.storageState();
    await scene.leave(former);
    const ana = await scene.callable('Ana', ANA);
    await ana.call('Bo', 'audio');
    await ana.readsEnd('offline', 'User is offline');

    const bo = await scene.arriveToCall('Bo', BO, { storageState });
    await bo.page.goto(scene.url);
    await badge(bo).waitFor();
    await bo.page.reload();
    await badge(bo).click();
    await bo.page.getByText('Missed: you were offline').waitFor();
    await badge(bo).waitFor({ state: 'detached' });
    await bo.page.reload();
    await bo.page.getByText('Missed: you were offline').waitFor();
    expect(await badge(bo).count()).toBe(0);
  });
});
