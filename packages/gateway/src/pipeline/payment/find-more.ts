import type { RequestSize } from '../../catalog/estimate.ts';
import type { TopFields } from '../../dialects/dialect.ts';
import type { ReadsMore } from '../../dialects/shared/reads-more.ts';
import { findWord, isValueOf, valueAfter } from '../../wire/find-words.ts';
import { kindsInList } from '../../wire/tool-kinds.ts';

/** What the provider will or may read that is not in the request. */
export function findMore(
  fields: TopFields,
  readsMore: ReadsMore,
): Pick<RequestSize, 'namedImages' | 'findings' | 'openEnded'> {
  const history = fields(readsMore.history);
  const namedImages = history === undefined ? 0 : countNamedImages(history, readsMore);
  const openEnded = isAnyThere(fields, readsMore.fields) || (history !== undefined && namesFiles(history, readsMore));
  const findings = isAnyThere(fields, readsMore.findings) || hasForeignTools(fields('tools'), readsMore);
  return {
    ...(namedImages > 0 ? { namedImages } : {}),
    ...(findings ? { findings } : {}),
    ...(openEnded ? { openEnded } : {}),
  };
}

function isAnyThere(fields: TopFields, names: readonly string[]): boolean {
  return names.some((name) => isGiven(fields(name)));
}

/** Tools that the provider runs, whatever they are: those that nobody here knows are its own, too. */
function hasForeignTools(tools: Buffer | undefined, { ownTools }: ReadsMore): boolean {
  if (tools === undefined) return false;
  return [...kindsInList(tools)].some((kind) => !ownTools.some((own) => kind.startsWith(own)));
}

function namesFiles(history: Buffer, { files, elsewhere }: ReadsMore): boolean {
  const named = files.some((key) => valuesOf(history, key).some((value) => isGiven(history.subarray(value))));
  return named || elsewhere.some((word) => [...findWord(history, word)].some((at) => isValueOf(history, at, 'type')));
}

function countNamedImages(history: Buffer, { images }: ReadsMore): number {
  const values = images.flatMap((key) => valuesOf(history, key));
  return values.filter((value) => isGiven(history.subarray(value)) && !isInline(history, value)).length;
}

function valuesOf(text: Buffer, key: string): readonly number[] {
  return [...findWord(text, key)].flatMap((at) => valueAfter(text, at, key) ?? []);
}

/** An image that stands here itself is found by its bytes. Chat puts its address into an object. */
function isInline(text: Buffer, value: number): boolean {
  return /^(?:\{\s*"url"\s*:\s*)?"data:/.test(text.toString('latin1', value, value + 40));
}

const letterN = 0x6e;

/** Fields that are null say nothing. */
function isGiven(value: Buffer | undefined): boolean {
  return value !== undefined && value[0] !== letterN;
}
