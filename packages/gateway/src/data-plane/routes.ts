import type { ClientDialectName } from '../core/items.ts';
import { passageAt, type PassageRoute, passageRoute, providerDoor } from './passage-routes.ts';
import { type Guide, guides } from './setup/guides.ts';

/** What a path asks for. */
export type Route =
  | {
      readonly operation: 'generate';
      readonly dialect: ClientDialectName;
      readonly addressed?: Addressed;
      readonly provider?: string;
    }
  | { readonly operation: 'search' | 'compact'; readonly dialect: ClientDialectName }
  | PassageRoute
  | ModelsRoute
  | { readonly operation: 'setup'; readonly guide: Guide }
  | { readonly operation: 'usage' }
  | { readonly operation: 'health' | 'ready' | 'version' | 'metrics' | 'home' };

/** What may be asked for, or what is known of one model. */
export interface ModelsRoute {
  readonly operation: 'models';
  readonly dialect: ClientDialectName;
  readonly model?: string;
}

/** Model and streaming as Gemini's URLs say them. */
export interface Addressed {
  readonly model: string;
  readonly stream: boolean;
}

/** Prefixes under which agents expect to find their API. Longest first; the empty one is for agents that drop `/v1`. */
const doors = ['/anthropic/v1', '/openai/v1', '/cursor/v1', '/anthropic', '/openai', '/cursor', '/v1', ''];

const generateBySuffix: ReadonlyMap<string, ClientDialectName> = new Map([
  ['/responses', 'responses'],
  ['/chat/completions', 'chat'],
  ['/messages', 'messages'],
]);

const plain: Readonly<Record<string, Route>> = {
  '/': { operation: 'home' },
  '/health': { operation: 'health' },
  '/ready': { operation: 'ready' },
  '/version': { operation: 'version' },
  '/metrics': { operation: 'metrics' },
};

/** Gemini model names may hold slashes, unescaped; the AI SDK then leaves `models/` away. */
const geminiPath =
  /^(?:\/gemini|\/genai)?\/v1(?:beta|alpha)?\/(?!models\/:)(?:models\/)?(.+):(generateContent|streamGenerateContent)$/;

/** The route of a path without its query, or undefined. */
export function routeOf(path: string): Route | undefined {
  const fixed = plain[path] ?? setupRoute(path) ?? usageRoute(path);
  if (fixed) return fixed;
  const behind = providerDoor(path);
  if (behind) return routeBehind(behind);
  for (const door of doors) {
    if (!path.startsWith(door)) continue;
    const suffix = path.slice(door.length);
    const dialect = generateBySuffix.get(suffix);
    if (dialect) return { operation: 'generate', dialect };
    if (suffix === '/responses/compact') return { operation: 'compact', dialect: 'responses' };
    if (suffix === '/alpha/search') return { operation: 'search', dialect: 'responses' };
  }
  return geminiRoute(path) ?? passageRoute(path) ?? modelsRoute(path);
}

/** The page that tells how to point an agent at this gateway. */
function setupRoute(path: string): Route | undefined {
  const agent = /^\/setup\/([a-z-]+)$/.exec(path)?.[1];
  const guide = agent === undefined ? undefined : guides.get(agent);
  return guide && { operation: 'setup', guide };
}

/** What a key asks about itself, wherever its agent has its API. */
function usageRoute(path: string): Route | undefined {
  return /^(?:\/(?:openai|anthropic|cursor))?\/v1\/usage$/.test(path) ? { operation: 'usage' } : undefined;
}

/** Under a provider's own door, answers of its models are answers as everywhere. */
function routeBehind({ provider, rest }: { readonly provider: string; readonly rest: string }): Route | undefined {
  const route = routeOf(rest);
  return route?.operation === 'generate' && route.provider === undefined
    ? { ...route, provider }
    : passageAt(provider, rest);
}

function geminiRoute(path: string): Route | undefined {
  const match = geminiPath.exec(path);
  if (!match?.[1]) return undefined;
  const addressed = { model: decoded(match[1]), stream: match[2] === 'streamGenerateContent' };
  return { operation: 'generate', dialect: 'gemini', addressed };
}

/** What stands before `/models`, and in whose form the answer is expected there. */
const modelDoors: readonly (readonly [door: RegExp, dialect: ClientDialectName])[] = [
  [/^\/anthropic(?:\/v1)?$/, 'messages'],
  [/^(?:\/(?:gemini|genai)(?:\/v1(?:beta|alpha)?)?|\/v1(?:beta|alpha))$/, 'gemini'],
  [/^(?:\/(?:openai|cursor))?(?:\/v1)?$/, 'responses'],
];

/** What Google's API is asked to do with a model stands behind its name; a tag that is part of a name looks otherwise. */
const googleVerb = /:[a-z]+[A-Z][A-Za-z]*$/;

/** Names may hold slashes, here too. */
function modelsRoute(path: string): ModelsRoute | undefined {
  const match = /^(.*?)\/models(?:\/([^:].*))?$/.exec(path);
  if (!match) return undefined;
  const [, door = '', name] = match;
  const dialect = modelDoors.find(([pattern]) => pattern.test(door))?.[1];
  if (dialect === 'gemini' && name !== undefined && googleVerb.test(name)) return undefined;
  return dialect && { operation: 'models', dialect, ...(name === undefined ? {} : { model: decoded(name) }) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The path of a request's URL, without query and closing slash. */
export function pathOf(url = '/'): string {
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** The dialect in which a caller of an unknown path most likely reads an error. */
export function dialectOfPath(path: string): ClientDialectName {
  if (path.startsWith('/anthropic') || path.startsWith('/v1/messages')) return 'messages';
  if (path.startsWith('/gemini') || path.startsWith('/genai') || path.startsWith('/v1beta')) return 'gemini';
  return path.endsWith('/chat/completions') ? 'chat' : 'responses';
}
