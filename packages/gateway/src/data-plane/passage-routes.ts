import type { ClientDialectName } from '../core/items.ts';
import { confinedPath } from '../operations/confined-path.ts';
import { findPlace } from '../operations/find-place.ts';
import type { ApiName, Place } from '../operations/operation.ts';
import { apis } from '../operations/table.ts';

/** A request that passes through to a provider as it is. */
export interface PassageRoute {
  readonly operation: 'passage';
  readonly dialect: ClientDialectName;
  /** The provider, where the path names it. */
  readonly provider?: string;
  /** Without the door. */
  readonly path: string;
  readonly places: readonly Place[];
}

/** Doors by the API behind them. Where more than one may be meant, in the order in which they are asked. */
const doors: readonly (readonly [door: RegExp, apis: readonly ApiName[]])[] = [
  [/^\/anthropic(?:\/v1)?(?=\/)/, ['anthropic']],
  [/^\/(?:openai|cursor)(?:\/v1)?(?=\/)/, ['openai']],
  [/^\/cohere(?:\/v[12])?(?=\/)/, ['cohere']],
  [/^\/(?:gemini|genai)(?:\/v1(?:beta|alpha)?)?(?=\/)/, ['google']],
  [/^\/v1(?:beta|alpha)(?=\/)/, ['google']],
  [/^\/v2(?=\/)/, ['cohere']],
  [/^\/v1(?=\/)/, ['openai', 'anthropic', 'google']],
  [/^(?=\/)/, ['openai']],
];

/** What a path asks a provider to do beside answering as a model, or undefined. */
export function passageRoute(path: string): PassageRoute | undefined {
  for (const [door, names] of doors) {
    const prefix = door.exec(path)?.[0];
    if (prefix === undefined) continue;
    const place = placesAt(path.slice(prefix.length), names)[0];
    return place && { operation: 'passage', dialect: apis[place.api].dialect, path: place.path, places: [place] };
  }
  return undefined;
}

/** A path under a provider's own door, split into the provider's name and the rest. */
export function providerDoor(path: string): { readonly provider: string; readonly rest: string } | undefined {
  const match = /^\/providers\/([A-Za-z0-9][A-Za-z0-9._-]*)(\/.+)$/.exec(path);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { provider: match[1], rest: match[2] };
}

const everyApi: readonly ApiName[] = ['openai', 'anthropic', 'google', 'cohere'];
const version = /^\/v\d[a-z0-9]*(?=\/)/;

/** Whatever stands under a provider's door: what it means depends on the provider. */
export function passageAt(provider: string, rest: string): PassageRoute | undefined {
  if (confinedPath(rest) === undefined) return undefined;
  const places = placesAt(rest.replace(version, ''), everyApi);
  const [first] = places;
  return { operation: 'passage', dialect: first ? apis[first.api].dialect : 'chat', provider, path: rest, places };
}

function placesAt(path: string, names: readonly ApiName[]): readonly Place[] {
  return names.flatMap((api) => findPlace(api, path) ?? []);
}
