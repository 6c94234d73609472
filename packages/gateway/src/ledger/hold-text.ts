import { type Json, parseJson } from '../core/json.ts';
import { type Claim, type Entry, type Hold, type Unit, units } from './counters.ts';
import type { PostedEntry, Posting } from './journal.ts';

// Lists instead of objects, and whole numbers as texts: every request is written down once or twice, so this is short and quick.

/** A hold as text, for whoever must settle it if this process dies. */
export function writeHold({ id, claims, ifLapsed }: Hold): string {
  return JSON.stringify([id, claims.map(claimList), entryList(ifLapsed)]);
}

/** A posted entry as text. */
export function writePosted({ entry, postings }: PostedEntry): string {
  const lists = postings.map(({ account, startsAtMs, keptUntilMs, amount }) => [
    account,
    startsAtMs,
    keptUntilMs,
    amount.toString(),
  ]);
  return JSON.stringify([entryList(entry), lists]);
}

function claimList(claim: Claim): readonly unknown[] {
  const start = [claim.kind, claim.account, claim.unit, claim.limit.toString(), claim.enforced];
  switch (claim.kind) {
    case 'window': {
      const { window, amount } = claim;
      if (window.kind === 'calendar')
        return [...start, amount.toString(), 'calendar', window.startsAtMs, window.endsAtMs];
      return [...start, amount.toString(), 'rolling', window.lengthMs, window.bucketMs];
    }
    case 'rate':
      return [...start, claim.amount.toString(), claim.refill.toString(), claim.refillMs];
    case 'running':
      return [...start, claim.carried];
    default:
      return [...start, claim.session, claim.idleMs];
  }
}

/** Callers pass all that they know of themselves as payer: only what entries keep is written. */
function entryList({ payer, ...entry }: Entry): readonly unknown[] {
  return [
    entry.id,
    entry.exchangeId,
    entry.atMs,
    [payer.key, payer.user, payer.team, payer.organization, payer.tags],
    [entry.modelAsked, entry.provider, entry.model],
    [entry.nanoDollars?.toString(), entry.inputTokens, entry.outputTokens],
    [entry.estimated, entry.overdraft, entry.kind],
  ];
}

/** Reads what `writeHold` wrote. Throws on anything else. */
export function readHold(text: string): Hold {
  const [id, claims, entry] = list(parseJson(text));
  return { id: string(id), claims: list(claims).map(readClaim), ifLapsed: readEntry(entry) };
}

/** Reads what `writePosted` wrote. Throws on anything else. */
export function readPosted(text: string): PostedEntry {
  const [entry, postings] = list(parseJson(text));
  return { entry: readEntry(entry), postings: list(postings).map(readPosting) };
}

function readClaim(value: Json): Claim {
  const [kind, account, unit, limit, enforced, ...rest] = list(value);
  const base = { account: string(account), unit: readUnit(unit), limit: whole(limit), enforced: enforced === true };
  const [first, second, third, fourth] = rest;
  switch (kind) {
    case 'window':
      return { kind, ...base, amount: whole(first), window: readWindow(string(second), third, fourth) };
    case 'rate':
      return { kind, ...base, amount: whole(first), refill: whole(second), refillMs: number(third) };
    case 'running':
      return { kind, ...base, carried: first === true };
    case 'session':
      return { kind, ...base, session: string(first), idleMs: number(second) };
    default:
      return unreadable();
  }
}

function readWindow(kind: string, first: Json | undefined, second: Json | undefined) {
  if (kind === 'rolling') return { kind, lengthMs: number(first), bucketMs: number(second) } as const;
  const startsAtMs = number(first);
  return second === null
    ? ({ kind: 'calendar', startsAtMs } as const)
    : ({ kind: 'calendar', startsAtMs, endsAtMs: number(second) } as const);
}

function readEntry(value: Json | undefined): Entry {
  const [id, exchangeId, atMs, payer, place, cost, traits] = list(value);
  const [modelAsked, provider, model] = list(place);
  const [nanoDollars, inputTokens, outputTokens] = list(cost);
  const [estimated, overdraft, kind] = list(traits);
  return {
    id: string(id),
    exchangeId: string(exchangeId),
    atMs: number(atMs),
    payer: readPayer(payer),
    modelAsked: string(modelAsked),
    provider: string(provider),
    model: string(model),
    nanoDollars: nanoDollars === null ? undefined : whole(nanoDollars),
    inputTokens: number(inputTokens),
    outputTokens: number(outputTokens),
    estimated: estimated === true,
    overdraft: overdraft === true,
    kind: kind === 'lapsed' || kind === 'correction' ? kind : 'actual',
  };
}

function readPayer(value: Json | undefined): Entry['payer'] {
  const [key, user, team, organization, tags] = list(value);
  return {
    tags: list(tags).map(string),
    ...(typeof key === 'string' ? { key } : {}),
    ...(typeof user === 'string' ? { user } : {}),
    ...(typeof team === 'string' ? { team } : {}),
    ...(typeof organization === 'string' ? { organization } : {}),
  };
}

function readPosting(value: Json): Posting {
  const [account, startsAtMs, keptUntilMs, amount] = list(value);
  return {
    account: string(account),
    startsAtMs: number(startsAtMs),
    keptUntilMs: typeof keptUntilMs === 'number' ? keptUntilMs : undefined,
    amount: whole(amount),
  };
}

function readUnit(value: Json | undefined): Unit {
  return units.find((unit) => unit === value) ?? unreadable();
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : unreadable();
}

function string(value: Json | undefined): string {
  return typeof value === 'string' ? value : unreadable();
}

function number(value: Json | undefined): number {
  return typeof value === 'number' ? value : unreadable();
}

function whole(value: Json | undefined): bigint {
  return BigInt(string(value));
}

function unreadable(): never {
  throw new TypeError('what the ledger has stored cannot be read');
}
