import type { RateLimit } from '@turnpike/contract/resources/rate-limit';
import type { Credential, Provider } from '../providers/provider.ts';

/** The limits of providers' keys as rate limits like any other. Their ids are such as nobody else can give. */
export function credentialLimits(providers: Iterable<Provider>): readonly RateLimit[] {
  return [...providers].flatMap(({ credentials }) => credentials.flatMap(limitsOf));
}

function limitsOf({ id: credential, limits = {} }: Credential): readonly RateLimit[] {
  const { requestsPerMinute, tokensPerMinute, concurrentRequests } = limits;
  const make = (noun: string, counted: Pick<RateLimit, 'requests' | 'tokens' | 'concurrent_requests' | 'every'>) => ({
    id: `${credential} ${noun}`,
    scope: { credential },
    ...counted,
    session_idle_s: 0,
    queue_s: 0,
    mode: 'enforce' as const,
    disabled: false,
    metadata: {},
  });
  return [
    ...(requestsPerMinute === undefined ? [] : [make('requests', { requests: requestsPerMinute, every: 'minute' })]),
    ...(tokensPerMinute === undefined ? [] : [make('tokens', { tokens: tokensPerMinute, every: 'minute' })]),
    ...(concurrentRequests === undefined ? [] : [make('at a time', { concurrent_requests: concurrentRequests })]),
  ];
}
