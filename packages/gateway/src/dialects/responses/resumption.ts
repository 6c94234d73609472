import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { ReplySoFar, ReplyTrack, Resumption, ToldEvent } from '../resumption.ts';
import { isKnownType, typeInBytes } from './event-type.ts';

/** What was measured with Codex, and why this is safe: docs/decisions/0023. */
export const resumption: Resumption = {
  isSafeFor: (agent) => agent === 'codex',
  historyField: 'input',
  createTrack,
};

/** An event that began or ended an item, not read yet: hardly any answer breaks off. */
interface Mark {
  readonly ends: boolean;
  readonly data: string | Buffer;
  /** How many events were told by then. */
  readonly sequence: number;
}

function createTrack(before?: ReplySoFar): ReplyTrack {
  let id = before?.id;
  let sequence = before?.sequence ?? 0;
  const marks: Mark[] = [];

  /** Only what begins and ends items is kept: the many events between them are counted. */
  function watch({ event, data }: ToldEvent): void {
    const type = typeof data === 'string' ? event : typeInBytes({ event, data });
    if (type === undefined || !isKnownType(type)) return;
    sequence += 1;
    const ends = type === 'response.output_item.done';
    if (ends || type === 'response.output_item.added') {
      marks.push({ ends, data: typeof data === 'string' ? data : Buffer.from(data), sequence });
    } else if (id === undefined && type === 'response.created') id = idIn(data);
  }

  return {
    watch,
    soFar: () => (id === undefined ? undefined : { id, ...readMarks(marks, sequence, before) }),
  };
}

/** What the marks tell. Vendors may count items and events otherwise than we do: whoever goes on must be ahead of both. */
function readMarks(marks: readonly Mark[], told: number, before: ReplySoFar | undefined): Omit<ReplySoFar, 'id'> {
  const items: JsonObject[] = [...(before?.items ?? [])];
  let nextIndex = before?.nextIndex ?? 0;
  let sequence = told;
  for (const mark of marks) {
    const event = parseJson(mark.data.toString());
    if (!isJsonObject(event)) continue;
    const { output_index: index, sequence_number: number, item } = event;
    if (typeof index === 'number') nextIndex = Math.max(nextIndex, index + 1);
    if (typeof number === 'number') sequence = Math.max(sequence, number + 1 + told - mark.sequence);
    if (mark.ends && isJsonObject(item)) items.push(item);
  }
  return { sequence, nextIndex, items, remedy: remedyFor(items) };
}

/** Where vendors put the id. The event repeats the whole request, so it is not parsed for that. */
function idIn(created: ToldEvent['data']): string | undefined {
  const head = typeof created === 'string' ? created.slice(0, headLength) : created.toString('latin1', 0, headLength);
  return /"response"\s*:\s*\{\s*"id"\s*:\s*"([^"\\]+)"/.exec(head)?.[1];
}

const headLength = 400;

/** Calls that the agent runs. Others are run by the provider, which has told of them only when it was done. */
const agentsCalls: ReadonlySet<string> = new Set(['function_call', 'custom_tool_call', 'tool_search_call']);
const inert: ReadonlySet<string> = new Set(['message', 'reasoning', 'web_search_call']);

function remedyFor(items: readonly JsonObject[]): ReplySoFar['remedy'] {
  const types = items.map(({ type }) => (typeof type === 'string' ? type : ''));
  if (types.every((type) => inert.has(type))) return 'resume';
  return types.every((type) => inert.has(type) || agentsCalls.has(type)) ? 'finish' : 'fail';
}
