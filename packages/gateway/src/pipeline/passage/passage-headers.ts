import type { Deployment } from '../../routing/plan.ts';
import type { UpstreamAnswer } from '../../upstream/upstream.ts';
import { headerText } from '../header-text.ts';
import type { Inbound } from '../inbound.ts';

/** What of the caller's heads travels on. Keys and cookies are not among them, nor is anything about the caller's machine. */
const toProvider = [
  'accept',
  'anthropic-beta',
  'anthropic-version',
  'content-encoding',
  'content-type',
  'idempotency-key',
  'openai-beta',
  'range',
];

/** What of the provider's heads travels back. */
const toCaller = [
  'accept-ranges',
  'content-disposition',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
  'openai-processing-ms',
];

/** The caller's heads as the provider gets them. `streamed`: the body passes as it came, so its length and coding are the caller's. */
export function forwardedHeads({ headers }: Inbound, streamed: boolean): Record<string, string> {
  const names = streamed ? [...toProvider, 'content-length'] : toProvider.filter((name) => name !== 'content-encoding');
  return picked(headers, names);
}

/** The answer's heads as the caller gets them. */
export function passageHeaders(
  { headers }: UpstreamAnswer,
  { provider, model }: Deployment,
  { exchangeId, tellsWay }: { readonly exchangeId: string; readonly tellsWay: boolean },
): Record<string, string> {
  return {
    ...picked(headers, toCaller),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': exchangeId,
    ...(tellsWay ? { 'x-turnpike-model': headerText(model === '' ? provider.name : `${provider.name}/${model}`) } : {}),
  };
}

function picked(headers: UpstreamAnswer['headers'], names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (typeof value === 'string') found[name] = value;
  }
  return found;
}
