import { randomInt } from 'node:crypto';

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * A new virtual key's value: `sk-tp-` and 40 random letters and digits (238 bits). Tools that were made for OpenAI or LiteLLM look for `sk-`;
 * `tp-` tells people and secret scanners whose it is.
 */
export function newKeyValue(): string {
  return `sk-tp-${Array.from({ length: 40 }, () => letters.charAt(randomInt(letters.length))).join('')}`;
}

/** What may be shown of a value, so that people recognise their key. Nothing of one that is too short to spare it. */
export function hintOf(value: string): string {
  return value.length < 20 ? '…' : `…${value.slice(-4)}`;
}
