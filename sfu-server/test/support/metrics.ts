/** What a server says of itself at `/metrics`. */

/** Every number, by name and labels as they stand there. */
export const readMetrics = async (url: string): Promise<ReadonlyMap<string, number>> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.matchAll(/^([a-z][a-z0-9_]*(?:\{.*?\})?) (\S+)$/gm);
  return new Map([...lines].map(([, name = '', value]) => [name, Number(value)]));
};

/** Requests of one name that the server has answered so far; of all names unless one is given. */
export const requestsIn = (metrics: ReadonlyMap<string, number>, request?: string): number => {
  const start = `veche_requests_total{${request === undefined ? '' : `request="${request}",`}`;
  return [...metrics].reduce((sum, [name, count]) => sum + (name.startsWith(start) ? count : 0), 0);
};
