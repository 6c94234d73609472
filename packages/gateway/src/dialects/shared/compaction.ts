import type { Item, Seal } from '../../core/items.ts';
import type { LossList } from './losses.ts';
import { readSeal, sealMark, writeSeal } from './seal.ts';

/** Begins a compaction that this gateway made and sealed, with the version of its form. It keeps the express lane away, as every seal of ours does. */
export const compactionPrefix = `${sealMark}c1.`;

/** Who made a compaction of ours. No provider can be called so, and none gets to see it. */
export const gatewayIssuer = '~gateway';

/** A compaction's text read in its home dialect: ours, another issuer's wrapped by us, or the home issuer's own. */
export function readCompaction(text: string, homeIssuer: string): Seal | undefined {
  return text.startsWith(compactionPrefix) ? { issuer: gatewayIssuer, data: text } : readSeal(text, homeIssuer);
}

/** A compaction's text for the client, who stores those of all issuers. */
export function writeCompaction(seal: Seal, homeIssuer: string): string {
  return seal.issuer === gatewayIssuer && typeof seal.data === 'string' ? seal.data : writeSeal(seal, homeIssuer);
}

/** Notes a compaction that cannot be told. It stands for all turns before it: without it the agent's work would be lost. */
export function loseCompaction(what: string, losses: LossList): void {
  losses.meaning(what, 'only the provider that condensed this history can read it');
}

/** Notes compactions and wishes for one, for a dialect that knows neither. */
export function loseCompactions(items: readonly Item[], losses: LossList): void {
  if (items.some((item) => item.type === 'compaction' || item.type === 'compaction-trigger')) {
    loseCompaction('history.compaction', losses);
  }
}
