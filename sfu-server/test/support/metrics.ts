/** What a server says of itself at `/metrics`. */

/** Every number, by name and labels as they stand there. */
export const readMetrics = async (url: string): Promise<ReadonlyMap<string, number>> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.matchAll(/^([a-z][a-z0-9_]*(?:\{.*?\})?) (\S+)$/gm);
  return new Map([...lines].map(([, name = '', value]) => [name, Number(value)]));
};
