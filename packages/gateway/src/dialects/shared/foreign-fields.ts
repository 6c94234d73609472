import type { CanonicalRequest, DialectName } from '../../core/items.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { LossList } from './losses.ts';

/** Bookkeeping of the caller, wishes about how an answer travels, and what the canonical form has in other words: no answer shows the lack of it. */
const quiet: ReadonlySet<string> = new Set([
  'client_metadata',
  'include',
  'labels',
  'metadata',
  'output_config',
  'prompt_cache_retention',
  'safety_identifier',
  'store',
  'stream_options',
  'thinking',
  'user',
]);

/** Fields that name what lies elsewhere instead of sending it: without it the model would answer to half of what was asked. */
const stored: Readonly<Record<string, { readonly what: string; readonly why: string }>> = {
  previous_response_id: {
    what: 'history.previous_response_id',
    why: 'the turns it names are stored elsewhere: send the whole history instead',
  },
  conversation: {
    what: 'history.conversation',
    why: 'the turns it names are stored elsewhere: send the whole history instead',
  },
  prompt: { what: 'prompt', why: 'the prompt that it names is stored elsewhere: send its text instead' },
  cachedContent: { what: 'cachedContent', why: 'the content that it names is stored elsewhere: send it instead' },
};

/** Settings in their usual position say nothing. */
const usual: Readonly<Record<string, Json>> = { n: 1, truncation: 'disabled' };

/** Notes the request's own fields that only its caller's dialect has. In that dialect they are written back. */
export function loseForeignFields({ extra }: CanonicalRequest, own: DialectName, losses: LossList): void {
  if (!extra || extra.dialect === own) return;
  for (const name of told(extra.fields)) {
    const reference = stored[name];
    if (reference) losses.meaning(reference.what, reference.why);
    else losses.hint(name, `only the ${extra.dialect} API has this field`);
  }
}

/** The names of what says something. Of a group of settings, each of them. */
function told(fields: JsonObject, path = ''): readonly string[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    // Marks of how a request was spelled begin so.
    if (name.startsWith('#') || quiet.has(name) || saysNothing(name, value)) return [];
    const isGroup = name === 'generationConfig' || name === 'text';
    if (isGroup && isJsonObject(value)) return told(value, `${name}.`);
    return [path + name];
  });
}

function saysNothing(name: string, value: Json | undefined): boolean {
  if (value === undefined || value === null || value === false || value === '' || value === usual[name]) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
