import type { ExcludedRecord, NameStep, RouteRecord, RuleNote } from '@turnpike/contract/route-record';
import type { CommandIo } from './io.ts';
import { painter } from './io.ts';
import { widthOf, wrap } from './wrap.ts';

/** One deployment of a story. */
export interface StoryRow {
  /** Its place in the order. Absent: it has none. */
  readonly number?: number;
  readonly good: boolean;
  /** The one that it is all about. */
  readonly chosen?: boolean;
  readonly place: string;
  readonly key: string;
  /** What is to be known of it, in a few words each. */
  readonly facts: readonly string[];
  /** Why not. */
  readonly why?: string;
}

/** How a request got where it went or would go, before it is laid out. */
export interface Story {
  /** The name that was asked for. */
  readonly asked: string;
  /** Who asked, and what is known of the request. */
  readonly about: readonly string[];
  readonly route?: RouteRecord | undefined;
  readonly rows: readonly StoryRow[];
  /** What is said below the rows. */
  readonly notes: readonly string[];
  readonly end: { readonly good: boolean; readonly text: string };
}

const labelWidth = 8;
const defaultWidth = 100;

/** A story for a person at a terminal: names, rules, deployments in order, and how it ends. */
export function tellStory(story: Story, io: CommandIo): string {
  const paint = painter(io);
  const width = Math.max(40, io.columns ?? defaultWidth);
  const { asked, about, route, rows, notes, end } = story;
  const labelled = (label: string, texts: readonly string[]) =>
    texts.flatMap((text, index) =>
      wrap(text, width - labelWidth).map((line, part) => {
        const head = index === 0 && part === 0 ? label : '';
        return paint('dim', head.padEnd(labelWidth)) + line;
      }),
    );
  const mark = end.good ? paint('green', '→') : paint('red', '✗');
  const blocks = [
    [paint('bold', asked), ...about.flatMap((text) => wrap(text, width).map((line) => paint('dim', line)))],
    [
      ...labelled('name', nameLines(route?.names ?? [])),
      ...labelled('rules', (route?.rules ?? []).map(ruleLine)),
      ...labelled('sets', settingsLine(route?.parameters)),
      ...labelled('notice', route?.notice === undefined ? [] : [route.notice]),
    ],
    [
      ...rowLines(rows, width, paint),
      ...notes.flatMap((text) => wrap(text, width - 2).map((line) => paint('dim', `  ${line}`))),
    ],
    wrap(end.text, width - 2).map((line, index) => `${index === 0 ? mark : ' '} ${paint('bold', line)}`),
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.map((line) => line.trimEnd()).join('\n')}\n`)
    .join('\n');
}

type Paint = ReturnType<typeof painter>;

/** Chains are told as one: `fast → coder → openai/gpt-5.5`. */
function nameLines(names: readonly NameStep[]): readonly string[] {
  return names.map(({ from, to, by, of }) => `${from} → ${to}  (${of ?? stepWords[by]})`);
}

const stepWords: Readonly<Record<NameStep['by'], string>> = {
  overlay: 'an overlay of the caller’s',
  kind: 'by what the request is for',
  redirect: 'deprecated',
  pattern: 'a pattern',
  rule: 'a rule',
  utility: 'the utility model',
  budget: 'a spent budget names it',
};

function ruleLine({ name, shadow, did, error }: RuleNote): string {
  if (error !== undefined) return `${name}: cannot be decided: ${error}`;
  const done = did.length === 0 ? 'nothing' : did.join(', ');
  return shadow ? `${name}: would have done: ${done} (in shadow mode)` : `${name}: ${done}`;
}

function settingsLine(parameters: RouteRecord['parameters'] = {}): readonly string[] {
  const set = Object.entries(parameters).map(([name, value]) => `${name} ${String(value)}`);
  return set.length === 0 ? [] : [set.join(' · ')];
}

function rowLines(rows: readonly StoryRow[], width: number, paint: Paint): readonly string[] {
  const placeWidth = Math.max(0, ...rows.map(({ place }) => widthOf(place)));
  const keyWidth = Math.max(0, ...rows.map(({ key }) => widthOf(key)));
  return rows.flatMap(({ number, good, chosen, place, key, facts, why }) => {
    const numbered = (number === undefined ? '' : String(number)).padStart(2);
    const name = `${place.padEnd(placeWidth)}  ${key.padEnd(keyWidth)}`;
    const shownName = chosen ? paint('bold', name) : good ? name : paint('dim', name);
    const head = `${good ? paint('green', '✓') : paint('red', '✗')} ${paint('dim', numbered)}  ${shownName}`;
    const said = [...facts, ...(why === undefined ? [] : [why])].join(' · ');
    const room = width - indent - placeWidth - keyWidth - 4;
    if (widthOf(said) <= room) return [`${head}  ${said}`];
    return [head, ...wrap(said, width - indent).map((line) => ' '.repeat(indent) + line)];
  });
}

/** Of what belongs to a row and stands below it. */
const indent = 6;

/** Deployments that were left out. */
export function excludedRows(excluded: readonly ExcludedRecord[] = []): readonly StoryRow[] {
  return excluded.map(({ provider, model, credential, why, detail }) => ({
    good: false,
    place: `${provider}/${model}`,
    key: credential ?? '',
    facts: [],
    why: detail === undefined ? reasons[why] : `${reasons[why]}: ${detail}`,
  }));
}

const reasons: Readonly<Record<ExcludedRecord['why'], string>> = {
  tools: 'cannot use tools',
  images: 'sees no images',
  audio: 'hears no audio',
  pdfs: 'reads no PDFs',
  'structured-output': 'gives no structured output',
  reasoning: 'does not reason',
  'context-window': 'too small a context window',
  tags: 'lacks what is demanded',
  access: 'not allowed',
  disabled: 'disabled by hand',
  draining: 'drained, takes no new sessions',
  group: 'a rule has chosen others',
};
