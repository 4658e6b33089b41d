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

/** What the system said when a port could not be had. */
export const portError = (error: unknown, host: string, port: number, setting: string): unknown => {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new StartError(`Port ${port} on ${host} is in use; set ${setting} to another.`);
    case 'EACCES':
      return new StartError(
        `Port ${port} needs more rights than this process has; set ${setting}.`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartError(`${host} is not an address of this machine; set HOST to one that is.`);
    default:
      return error;
  }
};
