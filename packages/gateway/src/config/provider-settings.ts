import type { ProviderEntry } from '@turnpike/contract/config-provider';
import { given } from '../dialects/shared/given.ts';
import type { ProviderSettings } from '../providers/create-provider.ts';
import type { Credential, HealthCheck, KeyHeader, Place, Places, Vendor } from '../providers/provider.ts';
import { quirksOf } from './provider-quirks.ts';

/** What an entry says of a provider, in the provider's terms. */
export function settingsOf(
  name: string,
  entry: ProviderEntry,
  vendor: Vendor,
  credentials: readonly Credential[],
): ProviderSettings {
  return {
    name,
    tags: entry.tags,
    vendor,
    ...(entry.base_url === undefined ? {} : { baseUrl: entry.base_url }),
    ...(entry.region === undefined ? {} : { region: entry.region }),
    ...(entry.speaks === undefined ? {} : { speaks: entry.speaks }),
    credentials,
    allowPrivate: entry.allow_private,
    websocket: entry.websocket,
    passthrough: entry.passthrough === 'allow',
    headers: entry.headers,
    ...given('project', entry.project),
    ...given('query', entry.query),
    ...given('quirks', entry.quirks && quirksOf(entry.quirks)),
    ...given('places', entry.endpoints && placesOf(entry.endpoints)),
    ...given('keyHeader', keyHeaderOf(entry)),
    ...given('healthCheck', entry.health_check && healthCheckOf(entry.health_check)),
  };
}

function healthCheckOf({ every_s: everyS, model, path }: NonNullable<ProviderEntry['health_check']>): HealthCheck {
  return { everyMs: everyS * 1000, ...given('model', model), ...given('path', path) };
}

function placesOf(endpoints: NonNullable<ProviderEntry['endpoints']>): Places {
  const places = Object.entries(endpoints).flatMap(([dialect, place]): [string, Place][] => {
    if (place === undefined) return [];
    return [
      [dialect, typeof place === 'string' ? { path: place } : { path: place.path, streamPath: place.stream_path }],
    ];
  });
  return Object.fromEntries(places);
}

/** Whoever names only what stands before the key means the usual header. */
function keyHeaderOf({ key_header: name, key_prefix: prefix = '' }: ProviderEntry): KeyHeader | undefined {
  if (name === undefined && prefix === '') return undefined;
  return { name: name?.toLowerCase() ?? 'authorization', prefix };
}
