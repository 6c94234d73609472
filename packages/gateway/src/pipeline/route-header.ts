import type { AttemptRecord } from '@turnpike/contract/exchange-record';
import { headerText } from './header-text.ts';
import { neverWentOut } from './never-went-out.ts';
import type { Trace } from './trace.ts';

/** How much answers tell callers of the way of their request. */
export type RouteHeaderMode = 'off' | 'brief' | 'full';

/** More failed attempts than this are only counted. */
const maxFailed = 6;

/**
 * `openai/gpt-5.5; attempts=2`, or in full `openai/gpt-5.5 openai#2; attempts=2; lane=express; failed=azure/gpt-5.5 azure#1 upstream-timeout`.
 * Nothing where nobody was asked. An answer whose stream had to begin before anybody answered cannot have it.
 */
export function routeHeader(
  trace: Pick<Trace, 'routeHeader' | 'served' | 'attempts' | 'route'>,
): Record<string, string> {
  const { routeHeader: mode, served, attempts, route } = trace;
  if (mode === 'off' || attempts.length === 0) return {};
  const { deployment, lane } = served ?? {};
  const place = deployment ? `${deployment.provider.name}/${deployment.model}` : 'nobody';
  const count = `attempts=${attempts.filter(wentOut).length}`;
  if (mode === 'brief') return { 'x-turnpike-route': headerText(`${place}; ${count}`) };
  const failed = attempts.filter(({ failure }) => failure !== undefined).slice(0, maxFailed);
  const rules = route.rules.filter(({ shadow, did }) => shadow !== true && did.length > 0).map(({ name }) => name);
  const parts = [
    deployment ? `${place} ${deployment.credential.id}` : place,
    count,
    ...(lane === undefined ? [] : [`lane=${lane}`]),
    ...(failed.length === 0 ? [] : [`failed=${failed.map(failedText).join(', ')}`]),
    ...(rules.length === 0 ? [] : [`rules=${rules.join(', ')}`]),
  ];
  return { 'x-turnpike-route': headerText(parts.join('; ')) };
}

/** What a limit of ours has refused is told among the failures, and is no attempt. */
function wentOut({ failure, upstreamStatus }: AttemptRecord): boolean {
  return failure === undefined || upstreamStatus !== undefined || !neverWentOut(failure.code);
}

function failedText({ provider, model, credential, failure }: AttemptRecord): string {
  return `${provider}/${model} ${credential} ${failure?.code ?? ''}`;
}
