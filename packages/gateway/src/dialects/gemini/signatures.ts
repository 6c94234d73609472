import type { ReasoningItem, Seal } from '../../core/items.ts';
import type { Json } from '../../core/json.ts';
import { isJsonObject } from '../../core/json.ts';
import { sealPrefix, unwrapSeal, writeSeal } from '../shared/seal.ts';
import { homeIssuer } from './types.ts';

/**
 * Where a signature belongs: to the part that follows its reasoning item, to the reasoning itself,
 * or to an empty text of its own (how Gemini ends a streamed text).
 */
export type SignaturePlace = 'next' | 'thought' | 'alone';

export interface Signature {
  readonly text: string;
  readonly place: SignaturePlace;
}

/**
 * Told to Gemini where a call has no signature because another model made it. Gemini 3 refuses such calls otherwise.
 * https://ai.google.dev/gemini-api/docs/thought-signatures
 */
export const noSignature = 'skip_thought_signature_validator';

/** A signature as a seal's data: bare text in the usual place. */
export function sealData(signature: Signature): Json {
  return signature.place === 'next' ? signature.text : { signature: signature.text, place: signature.place };
}

/** The signature in a seal's data, or undefined where it is none. */
export function signatureOf(data: Json): Signature | undefined {
  if (typeof data === 'string') return { text: data, place: 'next' };
  if (!isJsonObject(data) || typeof data['signature'] !== 'string') return undefined;
  const place = data['place'];
  return { text: data['signature'], place: place === 'thought' || place === 'alone' ? place : 'next' };
}

/** The seal in a caller's `thoughtSignature`: a wrapped one of any issuer, or Google's own with its place. */
export function sealOfSignature(text: string, place: SignaturePlace): Seal | undefined {
  if (text.startsWith(sealPrefix)) return unwrapSeal(text);
  return text === noSignature ? undefined : { issuer: homeIssuer, data: sealData({ text, place }) };
}

/** What a caller of this dialect gets as `thoughtSignature`, and where. */
export function signatureForCaller(seal: Seal): Signature {
  const own = seal.issuer === homeIssuer ? signatureOf(seal.data) : undefined;
  return own ?? { text: writeSeal(seal, homeIssuer), place: 'next' };
}

/** A reasoning item that only carries a seal. */
export function sealedItem(seal: Seal): ReasoningItem {
  return { type: 'reasoning', summary: [], seal };
}
