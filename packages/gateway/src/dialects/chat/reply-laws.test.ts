import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { grammarFaults } from '../../../test/kit/reply-grammar.ts';
import type { ReplyEvent } from '../../core/events.ts';
import { isSemantic } from '../../core/events.ts';
import { createToolTable } from '../shared/tool-table.ts';
import { chat } from './index.ts';
import { nameRules } from './tool-encoder.ts';

const context = {
  tools: createToolTable(
    { model: 'm', stream: true, items: [], tools: [{ type: 'custom', name: 'patch' }] },
    nameRules,
  ),
  issuer: 'vendor',
};

function decode(lines: readonly string[]): readonly ReplyEvent[] {
  const decoder = chat.createReplyDecoder(context);
  const events = lines.flatMap((line) => decoder.push({ event: undefined, data: Buffer.from(line) }));
  return [...events, ...decoder.end()];
}

const noise = fc.oneof(fc.constantFrom('', 'a', null, 0, '{"input":"x', '"}', '{}'), fc.jsonValue({ maxDepth: 1 }));
const entry = fc.record(
  {
    index: fc.oneof({ weight: 9, arbitrary: fc.nat({ max: 2 }) }, noise),
    id: fc.oneof({ weight: 9, arbitrary: fc.constantFrom('a', 'b', '') }, noise),
    function: fc.oneof(
      {
        weight: 9,
        arbitrary: fc.record({ name: fc.constantFrom('patch', 'f', ''), arguments: noise }, { requiredKeys: [] }),
      },
      noise,
    ),
  },
  { requiredKeys: [] },
);
const detail = fc.record(
  { type: fc.constant('reasoning.text'), text: noise, signature: noise, index: noise },
  { requiredKeys: [] },
);
const delta = fc.record(
  {
    content: noise,
    reasoning_content: noise,
    reasoning: noise,
    refusal: noise,
    reasoning_details: fc.oneof(fc.array(detail, { maxLength: 2 }), noise),
    tool_calls: fc.oneof({ weight: 9, arbitrary: fc.array(entry, { maxLength: 3 }) }, noise),
    annotations: noise,
  },
  { requiredKeys: [] },
);
const finish = fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, fc.constantFrom('stop', 'length', 'error'), noise);
const choice = fc.record({
  index: fc.constantFrom(0, 0, 0, 1),
  delta: fc.oneof({ weight: 9, arbitrary: delta }, noise),
  finish_reason: finish,
});
const chunk = fc.record(
  {
    id: fc.constantFrom('x', ''),
    choices: fc.oneof({ weight: 9, arbitrary: fc.array(choice, { maxLength: 2 }) }, noise),
    usage: fc.oneof(fc.constant(null), fc.constant({ prompt_tokens: 3, completion_tokens: 4 }), noise),
    error: fc.oneof({ weight: 30, arbitrary: fc.constant(null) }, noise),
  },
  { requiredKeys: ['choices'] },
);
const line = fc.oneof(
  { weight: 30, arbitrary: chunk.map((value) => JSON.stringify(value)) },
  fc.constantFrom('[DONE]', 'null', '', ' ', ' {}'),
  noise.map((value) => JSON.stringify(value)),
);
const stream = fc.array(line, { maxLength: 12 });

it('any stream, however odd, becomes events by the grammar', () => {
  fc.assert(
    fc.property(stream, (lines) => {
      expect(grammarFaults(decode(lines))).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});

it('reading a stream again gives the same events', () => {
  fc.assert(
    fc.property(stream, (lines) => {
      expect(JSON.stringify(decode(lines))).toBe(JSON.stringify(decode(lines)));
    }),
  );
});

it('the observer tells what decoding tells', () => {
  fc.assert(
    fc.property(stream, (lines) => {
      const observer = chat.createObserver();
      const decoder = chat.createReplyDecoder(context);
      let semantic = false;
      for (const data of lines.map((each) => Buffer.from(each))) {
        observer.push({ event: undefined, data });
        semantic = decoder.push({ event: undefined, data }).some(isSemantic) || semantic;
        expect(observer.seen.semantic).toBe(semantic);
      }
      const last = [...decode(lines)].at(-1);
      const { terminal, usage } = observer.seen;
      const told = last?.type === 'reply-done' || last?.type === 'reply-failed' ? last : undefined;
      expect(usage).toEqual(told?.usage);
      const isCut = told?.type === 'reply-failed' && told.failure.code === 'upstream-cut';
      const expected = told?.type === 'reply-failed' ? told.failure.code : told?.stop;
      const seen = terminal instanceof Error ? terminal.code : terminal;
      expect(seen).toBe(
        isCut
          ? undefined
          : expected === 'complete' || expected === 'other'
            ? 'done'
            : expected === 'max-output-tokens' || expected === 'content-filter'
              ? 'incomplete'
              : expected,
      );
    }),
    { numRuns: 2_000 },
  );
});

it('a stream cut anywhere before its finish reason is one failure', () => {
  const words = [
    '{"content":"Hi"}',
    '{"reasoning":"hm"}',
    '{"tool_calls":[{"index":0,"id":"a","function":{"name":"patch","arguments":"{"}}]}',
  ];
  const lines = words.map((each) => `{"id":"x","choices":[{"index":0,"delta":${each},"finish_reason":null}]}`);
  fc.assert(
    fc.property(fc.shuffledSubarray(lines), (some) => {
      const events = decode(some);
      expect(grammarFaults(events)).toEqual([]);
      expect(events.at(-1)).toMatchObject({ type: 'reply-failed', failure: { code: 'upstream-cut' } });
    }),
  );
});
