import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import { hintForName } from './nearest-name.ts';
import type { Finding } from './problem.ts';
import type { Snapshot } from './snapshot.ts';

type State = ResourceOf<'deployment_states'>;

/** Tells of a state by which nothing is closed: whoever meant to take something out of use must know at once. */
export type CheckState = (state: State, tell: (finding: Finding) => void) => void;

export function stateChecker({ providers }: Pick<Snapshot, 'providers'>, nowMs: number): CheckState {
  return ({ provider: name, credential, until }, tell) => {
    const warn = (path: string, message: string, hint?: string) =>
      tell({ path: [path], message, severity: 'warning', ...(hint === undefined ? {} : { hint }) });
    const provider = providers.get(name);
    if (!provider) {
      warn(
        'provider',
        `names \`${name}\`, which is no provider, so nothing is closed`,
        hintForName(name, [...providers.keys()]),
      );
      return;
    }
    const keys = provider.credentials.map(({ id }) => id);
    const key = credential === undefined || credential.includes('#') ? credential : `${name}#${credential}`;
    if (key !== undefined && !keys.includes(key))
      warn('credential', `names \`${key}\`, which is no key of it, so nothing is closed`, hintForName(key, keys));
    if (until !== undefined && Date.parse(until) <= nowMs) warn('until', 'is over, so nothing is closed');
  };
}
