import type { Directory } from '../identity/directory.ts';
import { buildRules } from './build-rules.ts';
import { wordsOf } from './problem.ts';
import type { Snapshot } from './snapshot.ts';

interface Holding {
  readonly directory: Pick<Directory, 'list' | 'versionOf' | 'originOf'>;
  /** The configuration as it is now, with the rules of the document. */
  current(): Snapshot;
  /** Hears of rules that a later configuration has made wrong. */
  tell(problem: string): void;
}

/** The configuration with all rules there are, also those that operators have made. It is kept until either changes. */
export function holdRules({ directory, current, tell }: Holding): () => Snapshot {
  let held: { readonly of: Snapshot; readonly version: number; readonly snapshot: Snapshot } | undefined;

  function withAllRules(of: Snapshot): Snapshot {
    const stored = [...directory.list('rules')].filter(({ id }) => directory.originOf('rules', id) === 'store');
    if (stored.length === 0) return of;
    for (const each of stored)
      of.ruleMaker.check(each, (finding) => {
        if (finding.severity !== 'warning') tell(`the rule "${each.id}" is wrong by now: ${wordsOf(finding)}`);
      });
    // What is worked out of plans lies beside the rules, and stays.
    return Object.freeze({ ...of, rules: buildRules(of.resources, stored, of.ruleMaker) });
  }

  return () => {
    const of = current();
    const version = directory.versionOf('rules');
    if (held?.of !== of || held.version !== version) held = { of, version, snapshot: withAllRules(of) };
    return held.snapshot;
  };
}
