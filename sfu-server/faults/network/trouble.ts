/** What goes wrong on a line, as rules for the packet filter. Pure. */

/** What does not come through at all: all UDP, all media, all signalling, or every packet. */
export type Blocked = 'udp' | 'media' | 'signalling' | 'everything';

export interface Trouble {
  /** Packets lost each way, in a hundred. */
  readonly lossPercent?: number;
  readonly blocked?: Blocked;
}

const blocking = (blocked: Blocked, signallingPort: number): string[] => {
  const isSignalling = (side: 'sport' | 'dport'): string => `tcp ${side} ${signallingPort}`;
  switch (blocked) {
    case 'udp':
      return ['meta l4proto udp drop'];
    case 'media':
      return [
        `${isSignalling('sport')} accept`,
        `${isSignalling('dport')} accept`,
        'meta l4proto { tcp, udp } drop',
      ];
    case 'signalling':
      return [`${isSignalling('sport')} drop`, `${isSignalling('dport')} drop`];
    case 'everything':
      return ['drop'];
  }
};

/**
 * The whole rule set for nft: it takes the place of what was there, both ways.
 * @param device the near end of the line
 */
export const rulesOf = (trouble: Trouble, device: string, signallingPort: number): string => {
  const { lossPercent = 0, blocked } = trouble;
  const rules = [
    ...(lossPercent > 0 ? [`numgen random mod 100 < ${lossPercent} drop`] : []),
    ...(blocked ? blocking(blocked, signallingPort) : []),
  ];
  const chain = (hook: 'input' | 'output', side: 'iifname' | 'oifname'): string[] => [
    `  chain ${hook} {`,
    `    type filter hook ${hook} priority 0`,
    ...rules.map((rule) => `    ${side} "${device}" ${rule}`),
    '  }',
  ];
  return [
    // It must be there to be deleted.
    'table inet trouble',
    'delete table inet trouble',
    'table inet trouble {',
    ...chain('input', 'iifname'),
    ...chain('output', 'oifname'),
    '}',
    '',
  ].join('\n');
};
