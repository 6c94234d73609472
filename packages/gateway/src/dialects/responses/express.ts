import type { EncodeTarget, ExpressPlan, ExpressRequest, ForwardedHeaders } from '../dialect.ts';
import { sealMark } from '../shared/seal.ts';
import { localFacts, messageNotes } from './types.ts';

/** Notes on messages, seals in the history, the wish for a compaction, which only OpenAI can make, and the wish for seals: a foreign provider's come back wrapped with its name, which only translation does. */
const foreignMarks = [
  `"${messageNotes}"`,
  '"encrypted_content"',
  '"reasoning.encrypted_content"',
  '"compaction_trigger"',
];

/** Tools that only OpenAI's own dialect has: whoever does not know them is told of them in another way. */
const codexMarks = ['"namespace"', '"custom"', '"additional_tools"', '"tool_search', '"web_search'];

/**
 * A Responses body may pass untouched unless it carries something that this provider must not see:
 * a seal wrapped by us (another issuer's), or, anywhere but at OpenAI, bare seals, notes on messages and tools it does not know. Facts about the caller's machine are cut out.
 */
export function planExpress(request: ExpressRequest, target: EncodeTarget): ExpressPlan | undefined {
  if (request.body.includes(sealMark)) return undefined;
  const home = target.issuer === 'openai';
  const holds = (mark: string) => request.body.includes(mark);
  if (!home && foreignMarks.some(holds)) return undefined;
  if (!home && target.quirks.codexTools !== true && codexMarks.some(holds)) return undefined;
  if (target.quirks.noReasoningSummary === true && request.has('reasoning')) return undefined;
  if (target.quirks.omit?.some((field) => request.has(field))) return undefined;
  return {
    replace: { model: JSON.stringify(target.model) },
    remove: request.has(localFacts) ? [localFacts] : [],
  };
}

/** Codex's prompt cache and turn routing at OpenAI live on these headers. `x-codex-turn-metadata` holds local paths and stays here. */
const toOpenAi = [
  'openai-beta',
  'originator',
  'session-id',
  'thread-id',
  'version',
  'x-client-request-id',
  'x-codex-beta-features',
  'x-codex-turn-state',
  'x-codex-window-id',
  'x-openai-internal-codex-responses-lite',
  'x-openai-subagent',
];

/** `openai-model` is not among them: Codex warns of fraud when it differs from what it asked for. */
const fromOpenAi = ['openai-processing-ms', 'x-codex-turn-state', 'x-reasoning-included'];

const forwarded: ForwardedHeaders = { request: toOpenAi, response: fromOpenAi };
const nothing: ForwardedHeaders = { request: [], response: [] };

export function forwardedHeaders(issuer: string): ForwardedHeaders {
  return issuer === 'openai' ? forwarded : nothing;
}
