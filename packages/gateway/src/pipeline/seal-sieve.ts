import { Failure } from '../core/failure.ts';
import type { CanonicalRequest, Item, Seal } from '../core/items.ts';
import { missesThought } from '../dialects/shared/http-failure.ts';
import { isEmptySeal } from '../dialects/shared/seal.ts';
import { deploymentName } from '../routing/deployment-name.ts';
import type { Deployment } from '../routing/plan.ts';
import { digestOf, type RefusedSeals } from '../routing/refused-seals.ts';
import type { Envelope } from './envelope.ts';

/**
 * Keeps from a deployment the seals that it cannot open although its issuer has made them: those of another account or model (docs/decisions/0028).
 * Also knows who cannot do without a thought that was never there.
 * One per exchange.
 */
export interface SealSieve {
  /** The request without the seals that are known to be refused there. Undefined: it may go as it is. */
  sifted(envelope: Envelope, deployment: Deployment): CanonicalRequest | undefined;
  /**
   * The deployment has failed the request. Whether it refused a seal that can be left out, so that it had better be asked once more.
   * Throws what is to be told of one that cannot: a condensed history.
   */
  mayMend(thrown: unknown, envelope: Envelope, deployment: Deployment): boolean;
}

type Sealed = Extract<Item, { type: 'reasoning' }> & { readonly seal: Seal };

export function createSealSieve(refused: RefusedSeals, session: string): SealSieve {
  /** Who has refused this request before. */
  const refusers = new Set<string>();
  /** Who misses a thought in it: a translated request does without. */
  const missing = new Set<string>();

  return {
    sifted(envelope, deployment) {
      const name = deploymentName(deployment);
      if (missing.has(name)) return envelope.canonical();
      const known = refused.find(session, name);
      if (!known) return undefined;
      const request = envelope.canonical();
      const isRefused = (item: Item): item is Sealed => isSealed(item) && known.has(digestOf(item.seal));
      if (!request.items.some(isRefused)) return undefined;
      return { ...request, items: request.items.map((item) => (isRefused(item) ? disowned(item) : item)) };
    },
    mayMend(thrown, envelope, deployment) {
      if (!(thrown instanceof Failure) || thrown.code !== 'upstream-seal-refused') return false;
      const name = deploymentName(deployment);
      if (missesThought(thrown.message)) return !missing.has(name) && missing.add(name).has(name);
      const { items } = envelope.canonical();
      if (items.some((item) => item.type === 'compaction' && isNamed(item, thrown.message))) throw unreadable(thrown);
      const known = refused.find(session, name);
      const sent = items.filter(
        (item): item is Sealed =>
          isSealed(item) && item.seal.issuer === deployment.provider.issuer && known?.has(digestOf(item.seal)) !== true,
      );
      // What was looked at before the one that is named was in order: what a session brought back from elsewhere stands at its end.
      const from = refusers.has(name) ? 0 : sent.findIndex((item) => isNamed(item, thrown.message));
      const foreign = sent.slice(Math.max(0, from));
      refusers.add(name);
      refused.add(
        session,
        name,
        foreign.map(({ seal }) => digestOf(seal)),
      );
      return foreign.length > 0;
    },
  };
}

function isSealed(item: Item): item is Sealed {
  return item.type === 'reasoning' && item.seal !== undefined && !isEmptySeal(item.seal);
}

/** As if another issuer had made it: each dialect knows what to do without, and tells the loss. */
function disowned(item: Sealed): Item {
  const { issuer, data } = item.seal;
  return { ...item, seal: { issuer: `another account of ${issuer}`, data } };
}

/** It stands for all that was said before it, so nothing can take its place. */
function unreadable(refusal: Failure): Failure {
  return new Failure(
    refusal.code,
    'Earlier turns of this session were compacted by another account of the provider, and only that one can read them. Switch back to the model that the session had then, or start a new session.',
    { cause: refusal },
  );
}

/** Providers name one that they refuse: by its id, or by the beginning and the end of what is sealed (`gAAA...9Q==`). Some name none. */
function isNamed({ id, seal: { data } }: { readonly id?: string; readonly seal: Seal }, message: string): boolean {
  if (id !== undefined && message.includes(id)) return true;
  const [, start, end] = /(\S{2,})\.{3}(\S{2,})/.exec(message) ?? [];
  if (start === undefined || end === undefined || typeof data !== 'string') return false;
  return data.startsWith(start) && data.endsWith(end);
}
