/** Takes a picture of each page, to look at: `npm run screenshots`, into artifacts/screenshots. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { spawnServer, urlOf } from '../../sfu-server/test/support/process.ts';
import { DESKTOP, launchBrowser, PHONE } from './support/browser.ts';
import { BINS, Person } from './support/person.ts';

const directory = process.argv[2] ?? 'artifacts/screenshots';
mkdirSync(directory, { recursive: true });
const server = spawnServer({ DATA_DIR: ':memory:' });
const browser = await launchBrowser();
const people: Person[] = [];
const arrive = async (name: string, options: Parameters<typeof Person.arrive>[3] = {}) => {
  const bin = BINS[people.length % BINS.length] ?? 17;
  const person = await Person.arrive(browser, name, bin, options);
  people.push(person);
  return person;
};
const shoot = (person: Person, name: string) =>
  person.page.screenshot({ path: join(directory, `${name}.png`) });

try {
  const url = await urlOf(server);
  const ana = await arrive('Ana Petrova', { colorScheme: 'light' });
  await ana.page.goto(url);
  await ana.page.getByLabel('Your name').waitFor();
  await shoot(ana, 'sign-in-light');
  await ana.signIn(url);
  await ana.page.getByRole('button', { name: 'Create a room' }).first().waitFor();
  await shoot(ana, 'home-empty-light');
  const link = await ana.createRoom('Town square');
  await shoot(ana, 'room-alone-light');
  await ana.unmute();
  const others = ['Bo Lindqvist', 'Cyd Okafor', 'Дмитрий Константинопольский-Заречный', 'Eve'];
  for (const name of others) {
    const person = await arrive(name);
    await person.signIn(link);
    await person.isInRoom();
  }
  await people[1]?.unmute();
  const phone = await arrive('Фёдор', { ...PHONE, locale: 'ru-RU', colorScheme: 'dark' });
  await phone.page.goto(url);
  await phone.page.getByRole('textbox').fill('Фёдор');
  await shoot(phone, 'sign-in-phone-dark-ru');
  await phone.page.keyboard.press('Enter');
  await phone.page.getByText('Town square').waitFor();
  await shoot(phone, 'home-phone-dark-ru');
  await phone.page.goto(link);
  await phone.isInRoom();
  await people[1]?.page.locator('[data-speaking="true"]').first().waitFor();
  await shoot(phone, 'room-phone-dark-ru');
  await shoot(ana, 'room-light');
  const dark = await arrive('Greta', { ...DESKTOP, colorScheme: 'dark' });
  await dark.signIn(link);
  await dark.isInRoom();
  await dark.page.locator('[data-speaking="true"]').first().waitFor();
  await shoot(dark, 'room-dark');
} finally {
  await browser.close();
  server.child.kill('SIGTERM');
  await server.ended();
}
