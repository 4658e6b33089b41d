/** Why the server cannot start, in a sentence that names the setting to change. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

const SENTENCES = new Map<string | undefined, (where: string, setting: string) => string>([
  ['EADDRINUSE', (where, setting) => `${where} is in use; set ${setting} to another port.`],
  [
    'EACCES',
    (where, setting) => `${where} needs more rights than this process has; set ${setting}.`,
  ],
  [
    'EADDRNOTAVAIL',
    (where) => `${where} is not an address of this machine; set HOST to one that is.`,
  ],
  ['ENOTFOUND', (where) => `${where} is not an address of this machine; set HOST to one that is.`],
]);

/** What the system said when a port could not be had, as a sentence. */
export const portError = (error: unknown, host: string, port: number, setting: string): unknown => {
  const sentence = SENTENCES.get(codeOf(error));
  return sentence ? new StartError(sentence(`${host}:${port}`, setting), { cause: error }) : error;
};
