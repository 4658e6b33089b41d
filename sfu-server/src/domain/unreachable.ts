/** Closes a switch: a new case that nobody thought of becomes a type error. */
export const unreachable = (value: never): never => {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
};
