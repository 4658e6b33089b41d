// Everything that must be there before the server or the tests can run. With all of it in place this
// takes a fraction of a second and says nothing.
import { obtainChromium } from './chromium.mjs';
import { installDependencies } from './dependencies.mjs';
import { obtainNetworkTools } from './networkTools.mjs';
import { obtainNode } from './nodeBinary.mjs';
import { buildWebClient } from './webClient.mjs';
import { obtainWorker } from './worker.mjs';

/** Node and the packages: enough for looking at the source. */
export async function setUpTools() {
  const node = await obtainNode();
  await installDependencies(node);
  return node;
}

/** All that the server needs. */
export async function setUpServer() {
  const node = await setUpTools();
  const worker = await obtainWorker(node);
  await buildWebClient(node);
  return { node, worker };
}

/** All that the tests need. */
export async function setUpTests() {
  // First: if it cannot be had, that should not come out after minutes of building.
  const chromium = await obtainChromium();
  await obtainNetworkTools();
  return { ...(await setUpServer()), chromium };
}
