import type { Ability } from '../catalog/abilities.ts';
import { Failure } from '../core/failure.ts';
import type { CanonicalRequest, FilePart, Part } from '../core/items.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { dialects } from '../dialects/registry.ts';
import type { NeedSigns, Signs } from '../dialects/shared/need-signs.ts';
import { declaredTools } from '../dialects/shared/tool-table.ts';
import type { Needs } from '../routing/capability.ts';
import { countWords } from '../wire/count-words.ts';
import { findWord, valueAfter } from '../wire/find-words.ts';
import { createJsonScanner } from '../wire/json-scanner.ts';
import { fieldBytes } from '../wire/peek.ts';
import type { Envelope } from './envelope.ts';
import type { Inbound } from './inbound.ts';

/** What a request needs of whoever serves it, found out when it is asked. */
export function readNeeds(envelope: Envelope, inbound: Inbound): Needs {
  const dialect = dialects[inbound.dialect];
  return {
    has: (ability) => shows(envelope, dialect, signsOf(ability, dialect.needSigns)) && isNeeded(ability, envelope),
    tokensAmong: (windows) => leastTokens(windows, envelope, inbound, dialect),
  };
}

function signsOf(ability: Ability, signs: NeedSigns): Signs {
  return ability === 'pdfs' || ability === 'audio' ? signs.files : signs[ability];
}

const letterN = 0x6e;

/** Whether any of the signs is there. A field that is null says nothing. */
function shows(envelope: Envelope, { readsMore }: Dialect, { fields = [], words = [] }: Signs): boolean {
  const peek = envelope.peek();
  if (fields.some((name) => (fieldBytes(peek, name)?.[0] ?? letterN) !== letterN)) return true;
  const history = fieldBytes(peek, readsMore.history);
  return history !== undefined && words.some((word) => findWord(history, word).next().done !== true);
}

/** What cannot be read here may be plain to a provider that gets it untouched: that is no reason to leave anybody out. */
function isNeeded(ability: Ability, envelope: Envelope): boolean {
  try {
    return needs[ability](envelope);
  } catch (thrown) {
    if (thrown instanceof Failure) return false;
    throw thrown;
  }
}

const needs: Readonly<Record<Ability, (envelope: Envelope) => boolean>> = {
  // A tool that the provider would run is no loss to the agent's own work.
  tools: (envelope) => declaredTools(envelope.canonical()).some(({ type }) => type !== 'hosted'),
  images: (envelope) => partsOf(envelope.canonical()).some(({ type }) => type === 'image'),
  pdfs: (envelope) => filesOf(envelope.canonical()).some((file) => mediaTypeOf(file) === 'application/pdf'),
  audio: (envelope) => filesOf(envelope.canonical()).some((file) => mediaTypeOf(file)?.startsWith('audio/')),
  structuredOutput: (envelope) => envelope.canonical().outputFormat?.type === 'json-schema',
  // Agents name an effort in every request, as a wish. It counts as a need where the caller wants nothing of the request to be left out.
  reasoning: ({ wishes, canonical }) => wishes?.requireParameters === true && wantsThoughts(canonical()),
};

function partsOf({ items }: CanonicalRequest): readonly Part[] {
  return items.flatMap((item) => {
    if (item.type === 'message') return item.parts;
    return item.type === 'tool-result' ? item.output : [];
  });
}

function filesOf(request: CanonicalRequest): readonly FilePart[] {
  return partsOf(request).filter((part) => part.type === 'file');
}

function mediaTypeOf({ source, filename }: FilePart): string | undefined {
  if (source.kind === 'data') return source.mediaType;
  return filename?.toLowerCase().endsWith('.pdf') ? 'application/pdf' : undefined;
}

function wantsThoughts({ reasoning }: CanonicalRequest): boolean {
  return reasoning !== undefined && reasoning.effort !== 'none';
}

/** Room that an answer needs to be one, where the caller does not ask for less. */
const leastAnswer = 1_024;
/** A word and the space before it. */
const leastBytesPerWord = 2;
/** Some words may be in what the provider does not hand on. */
const share = 0.9;

/**
 * So many tokens a request has at least, with room for an answer: no tokenizer of any vendor makes one token of several words. Nothing where the
 * provider may read less than stands there, or can be asked for a larger window.
 */
function leastTokens(windows: readonly number[], envelope: Envelope, inbound: Inbound, dialect: Dialect): number {
  const { needSigns } = dialect;
  const { body } = envelope.peek();
  const inQuestion = windows.filter((window) => window < body.length / leastBytesPerWord + leastAnswer);
  const [smallest, largest = smallest] = [inQuestion[0], inQuestion.at(-1)];
  if (smallest === undefined || largest === undefined || isWidened(inbound, needSigns)) return 0;
  const room = roomForAnswer(envelope, dialect);
  const tokensOf = (words: number) => Math.floor(words * share) + room;
  // What fits with all of its words need not be looked at for those that do not count.
  const most = tokensOf(countWords(body, { enough: smallest / share }));
  if (most <= smallest) return most;
  if (shows(envelope, dialect, needSigns.shortened)) return 0;
  const unread = wordsUnread(envelope, dialect);
  return tokensOf(countWords(body, { enough: largest / share + unread + 1 }) - unread);
}

function roomForAnswer(envelope: Envelope, { outputLimit }: Dialect): number {
  const asked = outputLimit.asked((key) => fieldBytes(envelope.peek(), key)) ?? leastAnswer;
  return Math.min(leastAnswer, Math.max(0, asked));
}

function isWidened({ headers }: Inbound, { widened }: NeedSigns): boolean {
  return widened !== undefined && String(headers[widened.header] ?? '').includes(widened.word);
}

/** Words of thoughts, which some providers leave out. */
function wordsUnread(envelope: Envelope, { readsMore, needSigns }: Dialect): number {
  const history = fieldBytes(envelope.peek(), readsMore.history);
  if (!history) return 0;
  const scanner = createJsonScanner(history);
  let words = 0;
  for (const key of needSigns.unread) {
    for (const at of findWord(history, key)) {
      const from = valueAfter(history, at, key);
      if (from !== undefined) words += countWords(history, { from, to: scanner.valueEnd(from) });
    }
  }
  return words;
}
