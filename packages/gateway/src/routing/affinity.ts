/**
 * Weighted rendezvous hashing: each session has an order of its own among candidates that depends on nothing but names and weights, so every replica
 * finds the same one, a candidate that is lost moves only its own sessions, and a changed weight moves no more sessions than it must.
 * (Thaler and Ravishankar 1998; the weights as in Schindelhauer and Schomaker 2005.)
 */

/** A text as two lanes of 32 bits: quick, and as good as random where nobody gains by a collision. */
export interface Hash {
  readonly high: number;
  readonly low: number;
}

export function hashOf(text: string): Hash {
  let high = 0x9e3779b9;
  let low = 0x85ebca6b;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
    low ^= high >>> 15;
  }
  return { high: mixed(high ^ (low >>> 16)), low: mixed(low ^ high) };
}

/** A number between 0 and 1, both exclusive, that belongs to this session and this name. */
export function unitOf(session: Hash, { high, low }: Hash): number {
  return unitFrom(session, high, low);
}

/** The same for the name's two lanes. */
export function unitFrom(session: Hash, high: number, low: number): number {
  const first = mixed(session.high ^ Math.imul(high, 0x9e3779b1));
  return ((mixed(first ^ session.low ^ low) >>> 0) + 0.5) / 2 ** 32;
}

/**
 * When the candidate's bell rings, as it were: at a time that is exponentially distributed with the weight as its rate. The first one to ring has won.
 * Those without a weight ring after all others, and still in an order of the session's own.
 */
export function bellOf(unit: number, weight: number): number {
  return weight > 0 ? -Math.log(unit) / weight : Number.MAX_VALUE * (0.5 + unit / 2);
}

/** The last step of MurmurHash3: every bit depends on every other. */
function mixed(bits: number): number {
  let mix = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return mix ^ (mix >>> 16);
}
