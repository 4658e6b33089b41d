// What is known of the packages that we depend on. Pure.

/** Older ones have known holes (SECURITY.md says which), or lack what the server relies on. */
export const LEAST_VERSIONS = {
  mediasoup: '3.27.1',
  'socket.io': '4.8.4',
  'socket.io-parser': '4.2.6',
  'engine.io': '6.6.9',
  ws: '8.21.0',
};

/** Licences under which a server may be run and passed on without asking anybody. */
export const LICENCES = new Set([
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  // Asks for changes to its own files only.
  'MPL-2.0',
]);

/**
 * Whether `version` is `least` or newer; a pre-release counts as older than its release.
 * @param {string} version
 * @param {string} least
 */
export function isAtLeast(version, least) {
  const [release = '', pre] = version.split('-', 2);
  const numbers = release.split('.').map(Number);
  for (const [index, wanted] of least.split('.').map(Number).entries()) {
    const given = numbers[index] ?? 0;
    if (given !== wanted) return given > wanted;
  }
  return pre === undefined;
}

/**
 * Why there is no audit, where the registry offers none; null: what it says is to be taken seriously.
 * @param {string} output of `npm audit`
 */
export function whyNoAudit(output) {
  const status = /audit (40[45]|50[123]) ([^-\n]+)/.exec(output);
  if (status) return `the registry offers no audit (${status[1]} ${status[2]?.trim()})`;
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT/.test(output)) {
    return 'the registry cannot be reached';
  }
  return null;
}
