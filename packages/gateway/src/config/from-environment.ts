import type { ConfigDocument } from '@turnpike/contract/config';
import { type ProviderEntry, providerEntry } from '@turnpike/contract/config-provider';
import type { Vendor } from '../providers/provider.ts';
import { given } from '../dialects/shared/given.ts';
import { ambientAuth, authInEnvironment } from './auth/cloud-auth.ts';
import { kindOf } from './build-providers.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

type Providers = Readonly<Record<string, ProviderEntry>>;

/** Kind of the built-in provider that answers when there is no other. */
export const demoKind = 'demo';

/**
 * Servers on the user's own machine that say where they are by a variable of their own.
 * Variables such as OPENAI_BASE_URL are left alone on purpose: they often point at this very gateway.
 */
const localServers = [{ kind: 'ollama', variable: 'OLLAMA_HOST', port: '11434', path: '/v1' }] as const;

/** Providers whose keys lie in the environment, and local servers that it names; else the demo. */
export function providersFromEnvironment(env: Environment, vendors: ReadonlyMap<string, Vendor>): Providers {
  const found: Record<string, ProviderEntry> = {};
  for (const vendor of vendors.values()) {
    const credentials = usualCredentials(vendor, env);
    const region = usualValue(vendor.regional, env);
    const project = usualValue(vendor.project, env);
    if (vendor.project && project === undefined) continue;
    // A vendor that has no address of its own cannot be used by its key alone.
    if (credentials === undefined || (vendor.baseUrl === undefined && region === undefined)) continue;
    found[vendor.kind] = providerEntry.parse({ ...credentials, region, project });
  }
  for (const { kind, variable, port, path } of localServers) {
    const address = hostAddress(env[variable], port);
    if (address === undefined || !vendors.has(kind)) continue;
    // Whoever set the variable chose the address, so it may be in their own network.
    found[kind] = providerEntry.parse({ base_url: `${address}${path}`, keyless: true, allow_private: true });
  }
  if (Object.keys(found).length === 0) found[demoKind] = providerEntry.parse({ keyless: true });
  return found;
}

/**
 * An entry without keys takes its vendor's usual variable, but only at the vendor's own address: a key must not go
 * to a server it was not made for.
 */
export function withUsualKeys(
  document: ConfigDocument,
  env: Environment,
  vendors: ReadonlyMap<string, Vendor>,
): Providers {
  const entries = Object.entries(document.providers ?? {}).map(([name, entry]) => {
    const vendor = vendors.get(kindOf(name, entry));
    if (!vendor) return [name, entry] as const;
    const mayTake = entry.keys === undefined && !entry.keyless && !entry.auth && entry.base_url === undefined;
    const credentials = mayTake ? (usualCredentials(vendor, env) ?? ambientCredentials(vendor)) : undefined;
    const region = entry.region ?? usualValue(vendor.regional, env);
    const project = entry.project ?? usualValue(vendor.project, env);
    return [name, { ...entry, ...credentials, ...given('region', region), ...given('project', project) }] as const;
  });
  return Object.fromEntries(entries);
}

/** What lies in the vendor's usual variables: a key, or else credentials of its cloud. */
function usualCredentials(vendor: Vendor, env: Environment): Partial<ProviderEntry> | undefined {
  const variable = firstSet(vendor.environment, env);
  if (variable !== undefined) return { keys: [{ value: `env:${variable}`, weight: 1, disabled: false }] };
  const auth = vendor.cloud && authInEnvironment(vendor.cloud, env);
  return auth && { auth };
}

/** Who names a cloud's provider and no credentials means those that the cloud's own programs would find. */
function ambientCredentials({ cloud }: Vendor): Partial<ProviderEntry> | undefined {
  return cloud && { auth: ambientAuth(cloud) };
}

/** What the cloud's usual variables say, where the vendor's address depends on it. */
function usualValue(named: { readonly environment: readonly string[] } | undefined, env: Environment) {
  const variable = named && firstSet(named.environment, env);
  return variable === undefined ? undefined : env[variable]?.trim();
}

function firstSet(names: readonly string[], env: Environment): string | undefined {
  return names.find((name) => env[name] !== undefined && env[name].trim() !== '');
}

/** OLLAMA_HOST may be `host`, `host:port` or a URL; an address to listen on means this machine. */
function hostAddress(text: string | undefined, defaultPort: string): string | undefined {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return undefined;
  const hasScheme = /^https?:\/\//i.test(trimmed);
  const hostPart = trimmed.startsWith(':') ? `127.0.0.1${trimmed}` : trimmed;
  const whole = hasScheme ? trimmed : `http://${hostPart}`;
  if (!URL.canParse(whole)) return undefined;
  const url = new URL(whole);
  if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = '127.0.0.1';
  if (url.port === '' && !hasScheme) url.port = defaultPort;
  return url.origin;
}
