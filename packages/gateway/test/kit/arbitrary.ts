import * as fc from 'fast-check';
import type { ReplyEvent, StopReason } from '../../src/core/events.ts';
import type { CanonicalRequest, FunctionTool, Item, Part, Tool } from '../../src/core/items.ts';
import type { Usage } from '../../src/core/usage.ts';
import { expandReply } from '../../src/dialects/shared/reply.ts';

/** Text as models and people write it: also empty lines, quotes, escapes and characters beyond the basic plane. */
export const texts = fc
  .array(fc.constantFrom('a', 'word ', '\n', '"', '\\', '{', '}', 'é', '😀', '漢', '</x>', ' ', '\u2028', '`'), {
    minLength: 1,
    maxLength: 12,
  })
  .map((pieces) => `t${pieces.join('')}`);

const names = fc.constantFrom('exec_command', 'apply_patch', 'view_image', 'spawn_agent', 'wait', 'read');
const schemas = fc.constantFrom(
  { type: 'object', properties: {} },
  { type: 'object', properties: { cmd: { type: 'string' } }, required: ['cmd'] },
);

const functions: fc.Arbitrary<FunctionTool> = fc
  .record({ name: names, description: texts, schema: schemas })
  .map((tool) => ({ type: 'function', ...tool }));

/** Tools the agent runs, of every kind, with no two of one name. */
export const tools: fc.Arbitrary<readonly Tool[]> = fc
  .record({
    functions: fc.uniqueArray(functions, { selector: (tool) => tool.name, maxLength: 3 }),
    custom: fc.boolean(),
    space: fc.uniqueArray(functions, { selector: (tool) => tool.name, maxLength: 2 }),
  })
  .map(({ functions, custom, space }): readonly Tool[] => [
    ...functions,
    ...(custom ? [{ type: 'custom', name: 'freeform_patch', description: 'patches' } as const] : []),
    ...(space.length > 0
      ? [{ type: 'namespace', name: 'agents', description: 'Sub-agents.', tools: space } as const]
      : []),
  ]);

const png = 'iVBORw0KGgo=';
const userParts: fc.Arbitrary<readonly Part[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: texts.map((text): Part => ({ type: 'text', text })) },
    fc.constant<Part>({ type: 'image', source: { kind: 'data', mediaType: 'image/png', base64: png } }),
  ),
  { minLength: 1, maxLength: 3 },
);

/** One turn: what the user says, what the model answers, perhaps with a call and its result. */
function turn(id: number): fc.Arbitrary<readonly Item[]> {
  return fc.record({ said: userParts, answer: texts, name: names, calls: fc.boolean(), output: texts }).map((made) => {
    const call: readonly Item[] = [
      {
        type: 'tool-call',
        kind: 'function',
        callId: `call_${id}`,
        tool: { name: made.name },
        input: JSON.stringify({ cmd: made.answer }),
      },
      { type: 'tool-result', kind: 'function', callId: `call_${id}`, output: [{ type: 'text', text: made.output }] },
    ];
    return [
      { type: 'message', role: 'user', parts: made.said },
      { type: 'message', role: 'assistant', parts: [{ type: 'text', text: made.answer }] },
      ...(made.calls ? call : []),
    ];
  });
}

/** Requests that every dialect can say. */
export const requests: fc.Arbitrary<CanonicalRequest> = fc
  .record({
    system: texts,
    turns: fc.tuple(turn(1), turn(2)),
    last: userParts,
    tools,
    temperature: fc.constantFrom(undefined, 0.5, 1),
    maxOutputTokens: fc.constantFrom(undefined, 100, 4_096),
  })
  .map(({ system, turns, last, tools, temperature, maxOutputTokens }) => ({
    model: 'm',
    stream: true,
    items: [
      { type: 'message', role: 'developer', parts: [{ type: 'text', text: system }] },
      ...turns.flat(),
      { type: 'message', role: 'user', parts: last },
    ],
    tools,
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  }));

const usages: fc.Arbitrary<Usage> = fc
  .tuple(fc.nat({ max: 5_000 }), fc.nat({ max: 5_000 }), fc.nat({ max: 5_000 }), fc.nat({ max: 500 }))
  .map(([fresh, cached, spoken, thought]) => ({
    inputTokens: fresh + cached,
    outputTokens: spoken + thought,
    cachedInputTokens: cached,
    cacheWriteTokens: 0,
    cacheWriteLongTokens: 0,
    reasoningTokens: thought,
  }));

const answerItems: fc.Arbitrary<Item> = fc.oneof(
  texts.map((text): Item => ({ type: 'message', role: 'assistant', parts: [{ type: 'text', text }] })),
  texts.map((text): Item => ({ type: 'reasoning', summary: [text] })),
  fc.tuple(fc.nat({ max: 999_999 }), names, texts).map(([id, name, text]): Item => ({
    type: 'tool-call',
    kind: 'function',
    callId: `call_${id}`,
    tool: { name },
    input: JSON.stringify({ cmd: text }),
  })),
);

const stops: fc.Arbitrary<StopReason> = fc.constantFrom('complete', 'complete', 'max-output-tokens');

/** Whole answers as events, every text in one or several deltas. */
export const replies: fc.Arbitrary<readonly ReplyEvent[]> = fc
  .record({
    items: fc.array(answerItems, { minLength: 1, maxLength: 4 }),
    stop: stops,
    usage: usages,
    cut: fc.nat({ max: 9 }),
  })
  .map(({ items, stop, usage, cut }) =>
    expandReply({ items: uniqueCalls(items), stop, usage }).flatMap((event) => split(event, cut)),
  );

function uniqueCalls(items: readonly Item[]): readonly Item[] {
  return items.map((item, at) => (item.type === 'tool-call' ? { ...item, callId: `${item.callId}_${at}` } : item));
}

function split(event: ReplyEvent, cut: number): readonly ReplyEvent[] {
  if (!('text' in event) || cut === 0 || event.text.length <= cut) return [event];
  return [
    { ...event, text: event.text.slice(0, cut) },
    { ...event, text: event.text.slice(cut) },
  ];
}
