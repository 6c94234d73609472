/** Somebody who may be chosen. */
export interface Candidate {
  /** Told apart by it. The same on every replica. */
  readonly name: string;
  /** How much of all sessions it should get, against the others. 0: only when nobody else is left. */
  readonly weight: number;
}

/** The state of the hash after a session's key, from which each candidate's number is made. */
export interface SessionHash {
  readonly high: number;
  readonly low: number;
}

/**
 * Weighted rendezvous hashing: candidates in the order in which this session prefers them. Each session has an order of its own that depends on
 * nothing but names and weights, so every replica finds the same one, a candidate that is lost moves only its own sessions, and a changed weight
 * moves no more sessions than it must. (Thaler and Ravishankar 1998; the weights as in Schindelhauer and Schomaker 2005.)
 */
export function rendezvous<Each extends Candidate>(candidates: readonly Each[], session: string): readonly Each[] {
  if (candidates.length < 2) return candidates;
  const seed = hashOf(session);
  const scored = candidates.map((candidate) => ({ candidate, score: scoreOf(candidate, seed) }));
  scored.sort((one, other) => one.score - other.score);
  return scored.map(({ candidate }) => candidate);
}

/** Time until the candidate's bell rings, as it were: exponentially distributed with the weight as its rate. The first one to ring has won. */
function scoreOf({ name, weight }: Candidate, seed: SessionHash): number {
  const share = unitOf(seed, name);
  // Behind all with a weight, whose scores are below 37 times the inverse of the weight, and still in an order of the session's own.
  return weight > 0 ? -Math.log(share) / weight : Number.MAX_VALUE * (0.5 + share / 2);
}

/** Two lanes of 32 bits: quick, and as good as random where nobody gains by a collision. */
export function hashOf(text: string, seed: SessionHash = { high: 0x9e3779b9, low: 0x85ebca6b }): SessionHash {
  let { high, low } = seed;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
    low ^= high >>> 15;
  }
  return { high, low };
}

/** A number between 0 and 1, both exclusive, that belongs to this session and this name. */
export function unitOf(seed: SessionHash, name: string): number {
  let { high, low } = hashOf(name, seed);
  high = mixed(high ^ (low >>> 16));
  low = mixed(low ^ high);
  high = mixed(high ^ low);
  return ((high >>> 0) * 2 ** 20 + (low >>> 12) + 0.5) / 2 ** 52;
}

/** The last step of MurmurHash3: every bit depends on every other. */
function mixed(bits: number): number {
  let mix = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return mix ^ (mix >>> 16);
}
