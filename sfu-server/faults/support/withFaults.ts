/** The server as `npm start` runs it, and beside it the fault API. */
import { run } from '../../src/run.ts';
import { serveFaults } from './faultApi.ts';

const server = await run();
process.stdout.write(`  Faults            ${await serveFaults(server)}\n`);
