import type { ConfigDocument } from '@turnpike/contract/config';
import type { ProviderAuthEntry } from '@turnpike/contract/config-auth';
import type { ProviderEntry } from '@turnpike/contract/config-provider';
import type { ProviderSettings } from '../providers/create-provider.ts';
import { freeCheckOf } from '../providers/free-check.ts';
import type { Provider, Vendor } from '../providers/provider.ts';
import { cloudAuthOf, cloudOf } from './auth/cloud-auth.ts';
import { buildCredentials } from './build-credentials.ts';
import { checkCloudNetwork } from './check-cloud-network.ts';
import { networkRulesOf } from './network-rules-of.ts';
import { checkAddresses } from './provider-addresses.ts';
import { hintForName, nearestName } from './nearest-name.ts';
import { type Finding, formatPath } from './problem.ts';
import { settingsOf } from './provider-settings.ts';
import type { Secrets } from './resolve-secrets.ts';

export interface ProviderParts {
  readonly vendors: ReadonlyMap<string, Vendor>;
  readonly createProvider: (settings: ProviderSettings) => Provider;
}

/** The document's providers, as far as they are sound; `tell` hears of the rest. */
export function buildProviders(
  document: ConfigDocument,
  secrets: Secrets,
  parts: ProviderParts,
  tell: (finding: Finding) => void,
): Map<string, Provider> {
  const providers = new Map<string, Provider>();
  const rules = networkRulesOf(document);
  for (const [name, entry] of Object.entries(document.providers ?? {})) {
    const vendor = vendorOf(name, entry, parts.vendors, tell);
    const credentials = buildCredentials({ name, entry, secrets, tell });
    if (vendor === undefined || credentials === undefined) continue;
    if (!hasWhatItNeeds(name, entry, vendor, tell)) continue;
    const cloudAuth = entry.auth && cloudAuthAt(name, entry, secrets);
    if (entry.auth && !cloudAuth) continue;
    if (cloudAuth) checkCloudNetwork(name, cloudAuth, { rules, tell });
    try {
      const settings = settingsOf(name, entry, vendor, credentials);
      const provider = parts.createProvider({ ...settings, ...(cloudAuth ? { cloudAuth } : {}) });
      checkAddresses(provider, rules, tell);
      checkHealthCheck(provider, tell);
      providers.set(name, provider);
    } catch (error) {
      tell({ path: ['providers', name], at: 'name', message: error instanceof Error ? error.message : String(error) });
    }
  }
  return providers;
}

/** Some providers have nothing that can be asked for free. */
function checkHealthCheck(provider: Provider, tell: (finding: Finding) => void): void {
  const { name, healthCheck } = provider;
  if (!healthCheck || healthCheck.model !== undefined || freeCheckOf(provider)) return;
  tell({ path: ['providers', name, 'health_check'], at: 'name', message: 'needs a `model`: this provider lists none' });
}

function cloudAuthAt(name: string, { auth, region = '' }: ProviderEntry, secrets: Secrets) {
  const path = ['providers', name, 'auth'];
  const secretAt = (kind: string, field: string) => secrets.get(formatPath([...path, kind, field]));
  return auth && cloudAuthOf(auth, { region, secretAt });
}

/** The vendor an entry means: its `kind`, or else its own name. */
export function kindOf(name: string, entry: Pick<ProviderEntry, 'kind'>): string {
  return entry.kind ?? name;
}

function vendorOf(
  name: string,
  entry: ProviderEntry,
  vendors: ProviderParts['vendors'],
  tell: (finding: Finding) => void,
) {
  const vendor = vendors.get(kindOf(name, entry));
  if (vendor !== undefined) return vendor;
  if (entry.kind === undefined) {
    const near = nearestName(name, vendors.keys());
    const compatible = 'for a server that speaks OpenAI’s API: `kind: openai-compatible` with a `base_url`';
    const hint = near === undefined ? compatible : `did you mean \`${near}\`? Else name its vendor: \`kind: ${near}\``;
    tell({ path: ['providers', name], at: 'name', message: 'is no vendor’s name, so it needs a `kind`', hint });
  } else {
    const hint = hintForName(entry.kind, vendors.keys());
    tell({
      path: ['providers', name, 'kind'],
      message: `\`${entry.kind}\` is not a known kind`,
      ...(hint ? { hint } : {}),
    });
  }
  return undefined;
}

function hasWhatItNeeds(name: string, entry: ProviderEntry, vendor: Vendor, tell: (finding: Finding) => void): boolean {
  const at = { path: ['providers', name], at: 'name' } as const;
  const { regional, project } = vendor;
  const needsRegion = regional !== undefined && regional.fallback === undefined;
  if (needsRegion && entry.region === undefined && (entry.base_url === undefined || entry.auth)) {
    tell({ ...at, message: 'needs a `region`', hint: `or set ${regional.environment.join(' or ')}` });
    return false;
  }
  if (project && entry.project === undefined) {
    tell({ ...at, message: 'needs a `project`', hint: `or set ${project.environment.join(' or ')}` });
    return false;
  }
  if (entry.base_url === undefined && vendor.baseUrl === undefined && !vendor.regional) {
    tell({ ...at, message: 'needs a `base_url`', hint: 'the address of its API, such as http://127.0.0.1:8000/v1' });
    return false;
  }
  if (entry.auth) return takesAuth(name, entry.auth, vendor, tell);
  const needsKey = vendor.auth !== 'none' && vendor.local !== true && !entry.keyless;
  if (needsKey && entry.keys === undefined) {
    const variable = vendor.environment[0] ?? 'NAME_OF_A_VARIABLE';
    tell({
      ...at,
      message: 'has no key',
      hint: `add keys: [{ value: env:${variable} }], or keyless: true if it needs none`,
    });
    return false;
  }
  return true;
}

function takesAuth(name: string, auth: ProviderAuthEntry, vendor: Vendor, tell: (finding: Finding) => void): boolean {
  const cloud = cloudOf(auth);
  if (cloud !== undefined && cloud === vendor.cloud) return true;
  const hint = vendor.cloud === undefined ? 'it takes keys' : `it takes \`${vendor.cloud}\``;
  tell({ path: ['providers', name, 'auth'], at: 'name', message: `is not what ${vendor.title} takes`, hint });
  return false;
}
