/** What had the focus vanishes: it is never lost, so that the keyboard goes on from a known place. */
import type { RoomId } from '@veche/protocol';
import { RoomId as RoomIdSchema } from '@veche/protocol';
import { beforeEach, describe, it } from 'vitest';
import type { TestClient } from '../../sfu-server/test/support/testClient.ts';
import { BINS } from './support/person.ts';
import type { Person } from './support/person.ts';
import { setScene } from './support/scene.ts';

const [ANA] = BINS;
const scene = setScene({ voice: { stagePeople: 1, backStagePeople: 1 } });

let ana: Person;
let bo: TestClient;
let roomId: RoomId;

beforeEach(async () => {
  ana = await scene.arrive('Ana', ANA);
  await ana.signIn(scene.url);
  await ana.createRoom('Town square');
  roomId = RoomIdSchema.parse(ana.page.url().split('/').at(-1));
  bo = await scene.server.connect('Bo');
  await bo.request('room:join', { roomId });
});

/** By keyboard, as those do who need it. */
const press = async (button: string): Promise<void> => {
  const found = ana.page.getByRole('button', { name: button, exact: true });
  await found.focus();
  await ana.page.keyboard.press('Enter');
};

const focusIsOn = async (selector: string): Promise<void> => {
  await ana.page.locator(`${selector}:focus`).waitFor();
};

describe('the focus goes to the heading of the room', () => {
  it('when the stage that is suggested is put off', async () => {
    await press('Not now');
    await focusIsOn('h1');
  });

  it('when the stage that is suggested is opened, and the last hand is taken down', async () => {
    await press('Open the stage');
    await focusIsOn('h1');
    await bo.request('hand:set', { roomId, raised: true });
    await press('Let speak');
    await focusIsOn('h1');
  });

  it('when somebody goes whose menu is open', async () => {
    await press('More about Bo');
    await ana.page.getByRole('dialog', { name: 'Bo' }).waitFor();
    await bo.request('room:leave', { roomId });
    await ana.page.getByRole('dialog', { name: 'Bo' }).waitFor({ state: 'detached' });
    await focusIsOn('h1');
  });
});

describe('the focus goes back to where it was', () => {
  it('when the chat is closed', async () => {
    await press('Chat');
    await focusIsOn('aside input');
    await ana.page.keyboard.press('Escape');
    await focusIsOn('button[aria-label^="Chat"], button');
  });

  it('when a call is not answered any more', async () => {
    const { snapshot } = await bo.request('room:snapshot', { roomId });
    const callee = snapshot.participants.find(({ user }) => user.name === 'Ana');
    if (!callee) throw new Error('Ana is not there');
    await ana.page.getByRole('button', { name: 'Chat', exact: true }).focus();
    const { callId } = await bo.request('call:initiate', {
      to: callee.user.id,
      media: 'audio',
      key: 'once',
    });
    await focusIsOn('dialog .choice.main');
    await bo.request('call:end', { callId });
    await ana.page.locator('[data-call-phase]').waitFor({ state: 'detached' });
    await focusIsOn('button');
  });
});

describe('the seats are one stop for the keyboard', () => {
  const more = (name: string) => `More about ${name}`;
  const led = async (key: string, name: string): Promise<void> => {
    await ana.page.keyboard.press(key);
    await focusIsOn(`button[aria-label="${more(name)}"]`);
  };
  const arrive = async (name: string): Promise<TestClient> => {
    const client = await scene.server.connect(name);
    await client.request('room:join', { roomId });
    await ana.page.getByRole('button', { name: more(name) }).waitFor();
    return client;
  };

  it('with keys from one to the next', async () => {
    await arrive('Cyd');
    await arrive('Dan');
    await ana.page.getByRole('button', { name: more('Bo') }).focus();
    await led('ArrowRight', 'Cyd');
    await led('End', 'Dan');
    await led('Home', 'Bo');
    await led('ArrowDown', 'Dan');
    await led('ArrowLeft', 'Cyd');
    await ana.page.keyboard.press('Tab');
    await focusIsOn('footer button');
    // Back to where one was.
    await led('Shift+Tab', 'Cyd');
  });

  it('and when somebody goes who had the focus, a neighbour has it', async () => {
    const cyd = await arrive('Cyd');
    const dan = await arrive('Dan');
    await ana.page.getByRole('button', { name: more('Cyd') }).focus();
    await cyd.request('room:leave', { roomId });
    await focusIsOn(`button[aria-label="${more('Dan')}"]`);
    await dan.request('room:leave', { roomId });
    await focusIsOn(`button[aria-label="${more('Bo')}"]`);
  });
});
