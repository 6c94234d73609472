import type { ItemDone, ReplyEvent } from '../../core/events.ts';
import type { ToolCallItem } from '../../core/items.ts';
import { isJsonObject, type JsonObject, parseJson, unknownFields } from '../../core/json.ts';
import { createFreeformStream, type FreeformStream, freeformInput } from '../shared/freeform.ts';
import type { ResolvedTool, ToolTable } from '../shared/tool-table.ts';
import { extraOf, isFilled } from './types.ts';

/** Puts `tool_calls` deltas together, whatever order and form a vendor sends them in. */
export interface CallAssembler {
  push(entry: JsonObject): readonly ReplyEvent[];
  /** The whole calls, once the answer has ended. */
  finish(): readonly ReplyEvent[];
}

export interface CallAssemblerOptions {
  readonly tools: ToolTable;
  /** Gives the next item its index. */
  takeIndex(): number;
  /** Makes ids for vendors that send none: unlike those of other answers, and the same whenever this one is read. */
  idSeed(): string;
}

/** What one entry of `tool_calls` says. */
interface Piece {
  readonly slot: number | undefined;
  readonly id: string;
  readonly name: string;
  readonly input: string;
  readonly native: boolean;
  readonly fields: JsonObject | undefined;
}

interface OpenCall {
  readonly slot: number | undefined;
  id: string;
  name: string;
  /** All input so far, as the vendor wrote it. */
  raw: string;
  fields: JsonObject | undefined;
  /** The vendor knows freeform tools: the input is the text itself. */
  native: boolean;
  started?: StartedCall;
}

interface StartedCall extends ResolvedTool {
  readonly index: number;
  readonly callId: string;
  /** Unwraps the text of a freeform tool that was told as a function. */
  readonly freeform: FreeformStream | undefined;
  /** What has gone out as deltas. */
  sent: string;
}

export function createCallAssembler(options: CallAssemblerOptions): CallAssembler {
  const calls: OpenCall[] = [];
  const usedIds = new Set<string>();

  function push(entry: JsonObject): readonly ReplyEvent[] {
    const piece = readPiece(entry);
    let call = findCall(calls, piece);
    if (!call) {
      call = { slot: piece.slot, id: piece.id, name: '', raw: '', fields: undefined, native: piece.native };
      calls.push(call);
    }
    if (call.id === '') call.id = piece.id;
    if (call.name === '') call.name = piece.name;
    if (piece.fields) call.fields = { ...call.fields, ...piece.fields };
    call.native ||= piece.native;
    call.raw += piece.input;
    if (call.started) return inputDelta(call.started, nextText(call.started, piece.input));
    // Some vendors send the name after the id: without it the call's kind is unknown.
    return call.name === '' ? [] : start(call);
  }

  function start(call: OpenCall): readonly ReplyEvent[] {
    const { kind, tool } = options.tools.resolve(call.name);
    const callId = uniqueId(call.id);
    const freeform = kind === 'custom' && !call.native ? createFreeformStream() : undefined;
    const started: StartedCall = { kind, tool, callId, freeform, index: options.takeIndex(), sent: '' };
    call.started = started;
    const head: ReplyEvent = {
      type: 'item-start',
      index: started.index,
      item: { type: 'tool-call', kind, callId, tool },
    };
    return [head, ...inputDelta(started, nextText(started, call.raw))];
  }

  function uniqueId(id: string): string {
    const unique = id !== '' && !usedIds.has(id) ? id : `call_${options.idSeed()}_${usedIds.size}`;
    usedIds.add(unique);
    return unique;
  }

  function finish(): readonly ReplyEvent[] {
    return calls.flatMap((call) => {
      const head = call.started ? [] : start(call);
      const { started } = call;
      return started ? [...head, ...finishCall(call, started)] : head;
    });
  }

  return { push, finish };
}

function nextText(call: StartedCall, input: string): string {
  return call.freeform ? call.freeform.push(input) : input;
}

function inputDelta(call: StartedCall, text: string): readonly ReplyEvent[] {
  if (text === '') return [];
  call.sent += text;
  return [{ type: 'input-delta', index: call.index, text }];
}

function finishCall(call: OpenCall, started: StartedCall): readonly ReplyEvent[] {
  const input = wholeInput(call, started);
  const remaining = inputDelta(started, input.slice(started.sent.length));
  const item: ToolCallItem = {
    type: 'tool-call',
    kind: started.kind,
    callId: started.callId,
    tool: started.tool,
    input,
    ...extraOf(call.fields),
  };
  const done: ItemDone = { type: 'item-done', index: started.index, item };
  return [...remaining, done];
}

/** The input to the end. What was streamed stays its beginning: an agent may have shown it already. */
function wholeInput(call: OpenCall, started: StartedCall): string {
  if (started.freeform) {
    const whole = freeformInput(call.raw);
    return whole.startsWith(started.sent) ? whole : started.sent;
  }
  // Models leave the arguments of a tool without parameters empty; agents parse them as JSON.
  return call.raw === '' && started.kind !== 'custom' ? '{}' : call.raw;
}

const pieceFields: ReadonlySet<string> = new Set(['index', 'id', 'type', 'function', 'custom']);

function readPiece(entry: JsonObject): Piece {
  const custom = isJsonObject(entry['custom']) ? entry['custom'] : {};
  // An empty `custom` beside a function call is a habit of some gateways.
  const native = isFilled(custom['name']) || isFilled(custom['input']);
  const body = native ? custom : isJsonObject(entry['function']) ? entry['function'] : {};
  const input = native ? body['input'] : body['arguments'];
  return {
    slot: typeof entry['index'] === 'number' ? entry['index'] : undefined,
    id: isFilled(entry['id']) ? entry['id'] : '',
    name: isFilled(body['name']) ? body['name'] : '',
    // Some servers send the arguments as the object itself.
    input: typeof input === 'string' ? input : isJsonObject(input) ? JSON.stringify(input) : '',
    native,
    fields: unknownFields(entry, pieceFields),
  };
}

/** The call that a piece continues. Undefined: it begins one. */
function findCall(calls: readonly OpenCall[], piece: Piece): OpenCall | undefined {
  const inSlot = calls.findLast((call) => piece.slot === undefined || call.slot === piece.slot);
  const sameId = piece.id === '' ? undefined : calls.findLast((call) => call.id === piece.id);
  if (piece.slot === undefined && sameId) return sameId;
  if (!inSlot) return piece.name === '' ? sameId : undefined;
  return beginsAnother(inSlot, piece) ? undefined : inSlot;
}

/**
 * Whether a piece in the place of `call` is another call. By the book it never is. But there are servers that send all parallel calls at
 * index 0 (with ids of their own, https://github.com/BerriAI/litellm/issues/21331, or without), or leave out the index;
 * others repeat id and name in every piece. So only a piece with a name can begin a call.
 */
function beginsAnother(call: OpenCall, piece: Piece): boolean {
  if (piece.name === '' || call.name === '') return false;
  if (piece.id !== '' && call.id !== '') return piece.id !== call.id;
  if (piece.slot === undefined && piece.name !== call.name) return true;
  return isJsonObject(parseJson(call.raw)) && (piece.name !== call.name || piece.input !== '');
}
