import { hasKey, type Target } from '../../config/deployment.ts';
import type { Snapshot } from '../../config/snapshot.ts';
import { Failure } from '../../core/failure.ts';
import type { Principal } from '../../identity/principal.ts';
import { mayReach, mayUse } from '../../policy/access.ts';
import { resolveName, targetsAt } from '../../routing/names.ts';
import type { Notice } from '../../routing/notice.ts';
import { hasOwnMeaning } from '../../routing/own-names.ts';
import { utilityModels } from '../../routing/utility-models.ts';
import type { ListedNames } from './listed-names.ts';

/** Who reads a list, and when. */
export interface Reader {
  readonly principal: Principal;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** Where a name leads. */
export interface Way {
  readonly targets: readonly Target[];
  /** The configuration says what the name means. */
  readonly isConfigured: boolean;
  readonly notice?: Notice;
}

/** Where names lead a reader, by the same steps as their requests. */
export interface Ways {
  /** Undefined where the reader may not ask for the name, or it leads to a place that is there no more. */
  of(asked: string, reader: Reader): Way | undefined;
  /** The same for a name of a list: remembered where it means the same to everybody at any time. */
  ofListed(asked: string, reader: Reader): Way | undefined;
}

export function createWays(snapshot: Snapshot, { place }: Pick<ListedNames, 'place'>): Ways {
  const common = new Map<string, Way | undefined>();

  /** A known place is always the same object. */
  function shared(target: Target): Target {
    return place(`${target.provider.name}/${target.model}`)?.target ?? target;
  }

  function of(asked: string, { principal, nowMs }: Reader): Way | undefined {
    const mayAsk = (name: string): boolean => mayUse(principal, name);
    try {
      const question = { asked, overlays: principal.overlays, nowMs, mayUse: mayAsk };
      const destination = resolveName(question, snapshot);
      if (!mayAsk(destination.claimed)) return undefined;
      const { alias, notice } = destination;
      const targets = alias?.chain ?? targetsAt(destination, snapshot)?.map(shared);
      return targets && { targets, isConfigured: alias !== undefined, ...(notice ? { notice } : {}) };
    } catch (thrown) {
      if (thrown instanceof Failure) return undefined;
      throw thrown;
    }
  }

  function isCommon(asked: string, { overlays = [] }: Principal): boolean {
    const isTimed = snapshot.names.redirects.has(asked);
    return !isTimed && !utilityModels.includes(asked) && !hasOwnMeaning(asked, overlays, snapshot);
  }

  return {
    of,
    ofListed(asked, reader) {
      if (!isCommon(asked, reader.principal)) return of(asked, reader);
      if (!mayUse(reader.principal, asked)) return undefined;
      if (!common.has(asked)) common.set(asked, of(asked, reader));
      return common.get(asked);
    },
  };
}

/** The first place on the way that can be reached. */
export function firstOpen({ targets }: Way, { principal }: Reader): Target | undefined {
  return targets.find((target) => hasKey(target) && mayReach(principal, target));
}
