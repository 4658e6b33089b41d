// What the two commands take on their command lines. Pure.
import { parseArgs } from 'node:util';
import { UsageError } from './failure.mjs';

const START_USAGE = 'usage: npm start -- [--port N] [--lan]';
const START_HELP = `${START_USAGE}

Sets up what is missing and starts the server, which prints its addresses.

  --port N   listen on this port instead of the configured one
  --lan      serve HTTPS to the local network, with a generated certificate
  --help     show this

Environment:
  VECHE_CACHE_DIR        where fetched and built programs are kept
  MEDIASOUP_WORKER_BIN   a mediasoup-worker to use instead of a fetched or built one`;

const TEST_USAGE = 'usage: npm test -- [--static | --no-static] [VITEST ARGUMENT...]';
const TEST_HELP = `${TEST_USAGE}

Sets up what is missing, checks the source, then runs the tests.

  --static      only the checks of the source: format, lint, types, unused code
  --no-static   only the tests
  --help        show this

Everything else goes to vitest: a part of a file's name, or -t and a part of a test's name.

Environment:
  VECHE_CACHE_DIR        where fetched and built programs are kept
  MEDIASOUP_WORKER_BIN   a mediasoup-worker to use instead of a fetched or built one
  CHROMIUM_BIN           the browser for the browser tests`;

/**
 * @typedef {{ help: string } | { help?: undefined, port: number | undefined, lan: boolean }} StartOptions
 * @param {readonly string[]} args
 * @returns {StartOptions}
 */
export function parseStart(args) {
  const { port, lan, help } = strictly(args).values;
  if (help) return { help: START_HELP };
  return { port: port === undefined ? undefined : parsePort(port), lan: lan ?? false };
}

/**
 * @typedef {{ help: string } | { help?: undefined, checks: boolean, tests: boolean, vitest: string[] }} TestOptions
 * @param {readonly string[]} args
 * @returns {TestOptions}
 */
export function parseTest(args) {
  const own = new Set(['--static', '--no-static', '--help']);
  const given = new Set(args.filter((arg) => own.has(arg)));
  const vitest = args.filter((arg) => !own.has(arg));
  if (given.has('--help')) return { help: TEST_HELP };
  if (given.has('--static') && (given.has('--no-static') || vitest.length > 0)) {
    throw new UsageError(`--static runs no test, so nothing else goes with it\n${TEST_USAGE}`);
  }
  return { checks: !given.has('--no-static'), tests: !given.has('--static'), vitest };
}

/** @param {readonly string[]} args */
function strictly(args) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        lan: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    // Node goes on to explain how to escape a dash; the first sentence is enough.
    const [sentence] = /** @type {Error} */ (error).message.split('. ', 1);
    throw new UsageError(`${sentence}\n${START_USAGE}`);
  }
}

/** @param {string} text */
function parsePort(text) {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`--port takes a number from 0 to 65535, not '${text}'\n${START_USAGE}`);
}
