/** What apt-get says it would install. Pure. */

/** @param simulation the output of `apt-get install --simulate`; the package itself may be there already */
export const packagesToGet = (simulation: string): string[] => {
  const names = [...simulation.matchAll(/^Inst (\S+) /gm)].map(([, name = '']) => name);
  return names.includes('janus') ? names : ['janus', ...names];
};
