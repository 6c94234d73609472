import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReplyEvent } from '../../src/core/events.ts';
import type { Frame } from '../../src/core/frame.ts';
import type { Item, ReasoningItem } from '../../src/core/items.ts';
import type { ProviderDialect } from '../../src/dialects/dialect.ts';
import { dialects, providerDialects } from '../../src/dialects/registry.ts';
import { replies } from '../kit/arbitrary.ts';
import { decodeContext, encodeContext, encodeEvents, homeTarget, replyOf } from '../kit/dialect-kit.ts';
import { recordings } from '../kit/recordings.ts';

const all = Object.values(dialects);
const found = recordings();
const { responses } = dialects;
const vendor = 'vendor';

function answerOf(dialect: ProviderDialect, frames: readonly Frame[]): readonly ReplyEvent[] {
  const decoder = dialect.createReplyDecoder({ ...decodeContext(dialect), issuer: vendor });
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

function thoughtsIn(events: readonly ReplyEvent[]): readonly ReasoningItem[] {
  return events.flatMap((event) => (event.type === 'item-done' && event.item.type === 'reasoning' ? [event.item] : []));
}

/** The next turn of an agent that speaks Responses and sends all back, as Codex does. */
function nextTurn(items: readonly Item[]) {
  const { output } = responses.encodeReply({ items, stop: 'complete' }, encodeContext());
  const question = { role: 'user', content: 'Go on.' };
  return { model: 'm', input: [...(Array.isArray(output) ? output : []), question] };
}

/** What is wrong with where the thoughts of an answer go next. */
function originFaults(dialect: ProviderDialect, events: readonly ReplyEvent[]): readonly string[] {
  const thoughts = thoughtsIn(events);
  if (thoughts.length === 0) return [];
  const body = nextTurn(thoughts);
  const express = { body: Buffer.from(JSON.stringify(body)), stream: true, has: (key: string) => key in body };
  const request = responses.decodeRequest(body);
  const atOpenAi = responses.encodeRequest(request, homeTarget(responses));
  const back = dialect.encodeRequest(request, { ...homeTarget(dialect), issuer: vendor });
  const isTold = JSON.stringify(atOpenAi.body).includes('"reasoning"');
  return [
    ...(thoughts.every(({ seal }) => seal?.issuer === vendor) ? [] : ['a thought without its maker’s name']),
    ...(responses.planExpress(express, homeTarget(responses)) ? ['passes OpenAI’s express lane'] : []),
    ...(isTold ? ['OpenAI is told of it'] : []),
    ...(atOpenAi.losses.some(({ weight }) => weight === 'hint') ? [] : ['nobody is told that OpenAI is not']),
    ...back.losses.filter(({ what }) => what.startsWith('reasoning.seal')).map(({ why }) => why),
  ];
}

describe('a thought says who thought it: OpenAI never sees one of others, and its own vendor misses nothing', () => {
  it.skipIf(found.length === 0)('holds for many recordings (skipped: no recordings)', () => {
    expect(found.length).toBeGreaterThan(50);
  });

  it.each(found)('$name', ({ dialect, frames }) => {
    const events = answerOf(providerDialects[dialect], frames);
    const whole = events.at(-1)?.type === 'reply-done';
    expect(whole ? originFaults(providerDialects[dialect], events) : []).toEqual([]);
  });

  it.each(all)('$name: any answer, streamed and whole', (dialect) => {
    fc.assert(
      fc.property(replies, (events) => {
        const whole = dialect.encodeReply(replyOf(events), encodeContext());
        const told = dialect.decodeReply(whole, { ...decodeContext(dialect), issuer: vendor });
        expect(originFaults(dialect, answerOf(dialect, encodeEvents(dialect, events)))).toEqual([]);
        expect(originFaults(dialect, told)).toEqual([]);
      }),
    );
  });
});
