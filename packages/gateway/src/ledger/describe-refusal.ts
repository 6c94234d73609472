import { formatDollars } from '../core/money.ts';
import type { Unit } from './counters.ts';
import type { CountersRefusal, LimitOwner, Refusal } from './refusal.ts';

/** The sentence for the developer: which limit of whom, how it stands, when it resets, whom to ask. */
export function describeRefusal(refusal: Refusal | CountersRefusal): string {
  if (refusal.why === 'counters-unreachable') {
    return 'The gateway cannot reach the counters of its budgets and limits right now, so it lets nothing through. Try again in a few seconds.';
  }
  return [what(refusal), reset(refusal), ask(refusal)].filter((sentence) => sentence !== '').join(' ');
}

function what(refusal: Refusal): string {
  if (refusal.why === 'unpriced') {
    return `The price of this model is not known, so it cannot be counted in the budget "${refusal.limitName}" of ${whose(refusal.owner)}.`;
  }
  switch (refusal.kind) {
    case 'budget':
      return spent(refusal);
    case 'rate':
      return `${who(refusal)} may use ${amount(refusal.unit, refusal.limit)} per ${refusal.every ?? 'minute'}${where(refusal)} ("${refusal.limitName}"), and has.`;
    default:
      return `${who(refusal)} has ${refusal.used} of ${amount(refusal.unit, refusal.limit)} at a time${where(refusal)} ("${refusal.limitName}").`;
  }
}

/** A budget is spent, or has too little left for this request. */
function spent(refusal: Refusal): string {
  const { unit, limit, used, held, wanted, limitName } = refusal;
  const of = `${amount(unit, limit)}${span(refusal)}${where(refusal)} ("${limitName}")`;
  if (used >= limit) return `${who(refusal)} has spent ${amount(unit, used)} of its ${of}.`;
  const running = held > 0n ? ` and ${amount(unit, held)} is reserved by running requests` : '';
  return `${who(refusal)} has spent ${amount(unit, used)} of its ${of}${running}; this request may need ${amount(unit, wanted)}.`;
}

function span({ every, rolling }: Refusal): string {
  if (every === undefined || every === 'total') return ' in total';
  return rolling ? ` per ${every} (rolling)` : ` per ${every}`;
}

function where({ where }: Refusal): string {
  return where === undefined ? '' : ` for ${where}`;
}

function reset({ why, kind, resetsAtMs, retryAfterMs, rolling, timeZone }: Refusal): string {
  if (why === 'unpriced') return '';
  if (kind !== 'budget') return retryAfterMs === undefined ? '' : `Try again in ${seconds(retryAfterMs)}.`;
  if (resetsAtMs === undefined) return rolling ? '' : 'It does not reset.';
  return `${rolling ? 'Some of it is free again' : 'It resets'} on ${moment(resetsAtMs, timeZone ?? 'UTC')}.`;
}

function ask({ contact, why }: Refusal): string {
  if (contact !== undefined) return `Ask ${contact}.`;
  return why === 'unpriced' ? 'Ask whoever runs the gateway to set its price.' : '';
}

function seconds(milliseconds: number): string {
  const whole = Math.max(1, Math.ceil(milliseconds / 1000));
  return whole === 1 ? 'a second' : `${whole} seconds`;
}

/** `22 November, 00:00 UTC`, by the clocks by which the budget counts. */
function moment(atMs: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  return `${parts['day']} ${parts['month']}, ${parts['hour']}:${parts['minute']} ${timeZone}`;
}

const levelNames: Readonly<Record<LimitOwner['level'], string>> = {
  gateway: 'the gateway',
  organization: 'organization',
  team: 'team',
  user: 'user',
  key: 'virtual key',
  tag: 'tag',
  session: 'session',
  provider: 'provider',
  credential: 'provider key',
  model: 'model',
};

function whose({ level, name }: LimitOwner): string {
  return name === undefined ? levelNames[level] : `${levelNames[level]} "${name}"`;
}

function who({ owner }: Refusal): string {
  const text = whose(owner);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function amount(unit: Unit, value: bigint): string {
  if (unit === 'nano-dollars') return dollars(value);
  const [one, many] = words[unit];
  return `${value.toLocaleString('en-US')} ${value === 1n ? one : many}`;
}

const words: Readonly<Record<Exclude<Unit, 'nano-dollars'>, readonly [string, string]>> = {
  tokens: ['token', 'tokens'],
  'input-tokens': ['input token', 'input tokens'],
  'output-tokens': ['output token', 'output tokens'],
  requests: ['request', 'requests'],
  'concurrent-requests': ['request', 'requests'],
  'concurrent-sessions': ['session', 'sessions'],
};

/** Cents, and more digits only where cents would say nothing. */
function dollars(value: bigint): string {
  const cent = 10_000_000n;
  if (value !== 0n && value < cent) return `$${formatDollars(value)}`;
  const cents = (value + cent / 2n) / cent;
  const fraction = (cents % 100n).toString().padStart(2, '0');
  return `$${(cents / 100n).toLocaleString('en-US')}.${fraction}`;
}
