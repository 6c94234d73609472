import type { Seal } from '../../core/items.ts';
import { isJsonObject, parseJson } from '../../core/json.ts';

/**
 * Begins everything that we wrap. The express lane looks for it in raw bytes: a request that carries it must be translated.
 * It begins with a character that is rare in requests: looking for a quote first takes many times as long.
 */
export const sealMark = '~tp';

/** Begins a wrapped seal, with the version of its form. */
export const sealPrefix = `${sealMark}1.`;

/**
 * A seal that holds nothing: it only says who thought. OpenAI looks a thought without sealed content up by its id, so that
 * thoughts of all others, also those anybody can read, must be told from its own.
 */
export function emptySeal(issuer: string): Seal {
  return { issuer, data: null };
}

/** Whether nothing is lost when this seal does not come back. */
export function isEmptySeal(seal: Seal): boolean {
  return seal.data === null;
}

/**
 * A seal as one opaque string that an agent stores and sends back. Not a secret and not authenticated by us:
 * its issuer checks its own state, and we only decide whether the issuer gets to see it.
 */
export function wrapSeal(seal: Seal): string {
  return sealPrefix + Buffer.from(JSON.stringify({ i: seal.issuer, d: seal.data })).toString('base64url');
}

/** The seal in a string of ours; undefined for anything else, also for a damaged one. */
export function unwrapSeal(text: string): Seal | undefined {
  if (!text.startsWith(sealPrefix)) return undefined;
  const value = parseJson(Buffer.from(text.slice(sealPrefix.length), 'base64url').toString('utf8'));
  if (!isJsonObject(value) || typeof value['i'] !== 'string' || value['d'] === undefined) return undefined;
  return { issuer: value['i'], data: value['d'] };
}

/** A seal read in its home dialect: wrapped by us, or the home issuer's own text. */
export function readSeal(text: string, homeIssuer: string): Seal | undefined {
  return text.startsWith(sealPrefix) ? unwrapSeal(text) : { issuer: homeIssuer, data: text };
}

/** A seal written in a dialect: the home issuer's own text stays bare, all others are wrapped. */
export function writeSeal(seal: Seal, homeIssuer: string): string {
  return seal.issuer === homeIssuer && typeof seal.data === 'string' ? seal.data : wrapSeal(seal);
}
