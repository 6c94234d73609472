import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { painter } from './io.ts';
import { shown } from './kinds.ts';
import { table } from './table.ts';

type Paint = ReturnType<typeof painter>;

/** What a person sees. */
interface View {
  readonly url: string;
  readonly nowMs: number;
  readonly paint: Paint;
  /** Columns of the terminal. */
  readonly columns: number | undefined;
  /** Also those that are well, however many they are. */
  readonly all: boolean;
}

/** So many rows a person reads; of more, those that are well are only counted. */
const manyRows = 40;

/** The answer of `/api/v1/health/deployments` for people: what matters first, then everything. */
export function describeStatus(answer: JsonObject, view: View): string {
  const items = Array.isArray(answer['items']) ? answer['items'].filter(isJsonObject) : [];
  const closed = items.filter(isUnwell);
  const shownItems = view.all || items.length <= manyRows ? items : closed;
  const hidden = items.length - shownItems.length;
  return [
    summary(items, view),
    gatewayLine(answer['gateway'], view),
    ...warnings(answer['warnings'], view),
    ...(shownItems.length === 0 ? [] : ['', rows(shownItems, view).trimEnd()]),
    ...(hidden === 0 ? [] : [view.paint('dim', `and ${hidden} that are well (--all shows them)`)]),
    '',
  ].join('\n');
}

function warnings(told: Json | undefined, { paint }: View): readonly string[] {
  return Array.isArray(told) ? told.map((each) => `${paint('yellow', 'warning:')} ${shown(each)}`) : [];
}

function isUnwell({ state }: JsonObject): boolean {
  return state !== 'ready';
}

function summary(items: readonly JsonObject[], view: View): string {
  const { paint } = view;
  const total = items.length;
  if (total === 0) return paint('yellow', 'No deployments: the configuration has no provider with a key.');
  const verdicts = verbs.flatMap(([state, one, many]) => {
    const those = items.filter((item) => item['state'] === state);
    return those.length === 0 ? [] : [`${those.length} ${those.length === 1 ? one : many}`];
  });
  if (verdicts.length === 0)
    return paint('green', total === 1 ? 'The only deployment is well.' : `All ${total} deployments are well.`);
  const usable = items.some(({ state }) => state === 'ready' || state === 'recovering');
  return paint(usable ? 'yellow' : 'red', `Of ${counted(total, 'deployment')} ${joined(verdicts)}.`);
}

const verbs = [
  ['resting', 'rests', 'rest'],
  ['recovering', 'recovers', 'recover'],
  ['draining', 'is draining', 'are draining'],
  ['disabled', 'is disabled', 'are disabled'],
] as const;

function gatewayLine(gateway: Json | undefined, { url, paint }: View): string {
  const facts = isJsonObject(gateway) ? gateway : {};
  const { version, uptime_s: uptime, configuration_version: configuration } = facts;
  const up = typeof uptime === 'number' ? `, up ${duration(uptime)}` : '';
  return paint('dim', `turnpike ${shown(version)} at ${url}${up}, configuration ${shown(configuration)}`);
}

/** Marks are painted after the table is laid out, for colours have no width. */
function rows(items: readonly JsonObject[], { nowMs, paint, columns }: View): string {
  const cells = items.map((item) => Object.values(cellsOf).map((cell) => cell(item, nowMs)));
  const [titles = '', ...lines] = table(Object.keys(cellsOf), cells, columns).split('\n');
  const painted = lines.map((line, index) => {
    const item = items[index];
    return item ? paint(colours[shown(item['state'])] ?? 'dim', line.slice(0, 1)) + line.slice(1) : line;
  });
  return [paint('dim', titles), ...painted].join('\n');
}

type Cell = (item: JsonObject, nowMs: number) => string;

const cellsOf: Readonly<Record<string, Cell>> = {
  ' ': ({ state }) => marks[shown(state)] ?? '?',
  DEPLOYMENT: ({ provider, model }) => `${shown(provider)}/${model === undefined ? '*' : shown(model)}`,
  KEY: ({ credential }) => shown(credential).replace(/^[^#]*#/, ''),
  STATE: ({ state }) => (state === 'ready' ? 'well' : shown(state)),
  FOR: ({ until }, nowMs) => (typeof until === 'string' ? remaining(Date.parse(until) - nowMs) : ''),
  WHY: (item) => why(item),
  RUNNING: ({ in_flight: running }) => (running === 0 ? '' : shown(running)),
  'FIRST WORD': ({ first_token_ms: ms }) => (typeof ms === 'number' ? `${(ms / 1000).toFixed(1)} s` : ''),
  'TOKENS/S': ({ tokens_per_second: speed }) => (typeof speed === 'number' ? speed.toFixed(0) : ''),
  NAMES: ({ names }) => shown(names),
};

const marks: Readonly<Record<string, string>> = {
  ready: '●',
  recovering: '◐',
  resting: '○',
  draining: '◌',
  disabled: '✕',
};

const colours: Readonly<Record<string, Parameters<Paint>[0]>> = {
  ready: 'green',
  recovering: 'yellow',
  resting: 'red',
  draining: 'yellow',
  disabled: 'dim',
};

function why({ why: cause, reason, failures_in_a_row: failures }: JsonObject): string {
  const words = [cause, reason].flatMap((each) => (each === undefined ? [] : [shown(each).replaceAll('-', ' ')]));
  const count = typeof failures === 'number' && failures > 1 ? `${failures} failures` : '';
  if (words.length === 0) return count === '' ? '' : `${count} lately`;
  return count === '' || reason !== undefined ? words.join(': ') : `${words.join(': ')} (${count})`;
}

/** `42 s`, `3 min`, `5 h 12 min`, `3 d 4 h`. */
export function duration(seconds: number): string {
  const [whole, minutes, hours] = [Math.floor(seconds), Math.floor(seconds / 60), Math.floor(seconds / 3600)];
  if (minutes < 1) return `${whole} s`;
  if (hours < 1) return `${minutes} min`;
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function remaining(milliseconds: number): string {
  return milliseconds <= 0 ? '' : duration(Math.ceil(milliseconds / 1000));
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function joined(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
