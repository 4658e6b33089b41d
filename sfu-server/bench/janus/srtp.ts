/** Which SRTP suite a connection agreed on: the library that is at its other end says so in its log. */
import { initLogger } from 'node-datachannel';

const SUITE = /SRTP profile is: (\S+)/;

const suites = new Set<string>();

export const watchSuites = (): void => {
  initLogger('Debug', (_level, text) => {
    const suite = SUITE.exec(text)?.[1];
    if (suite !== undefined) suites.add(suite);
  });
};

/** All suites of connections made since the last call. */
export const suitesSoFar = (): string[] => {
  const said = [...suites];
  suites.clear();
  return said;
};
