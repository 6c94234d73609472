import { describe, expect, it } from 'vitest';
import { createMint } from '../../../test/kit/vendors/mint.ts';
import { buildReply } from '../../../test/kit/vendors/pieces.ts';
import { responsesVendor } from '../../../test/kit/vendors/responses.ts';
import type { ReplyEvent } from '../../core/events.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import { textAt } from '../../../test/kit/json-access.ts';
import { createReplyDecoder } from './reply-decoder.ts';
import { createReplyEncoder } from './reply-encoder.ts';
import { resumption } from './resumption.ts';
import { anyName, createToolTable } from '../shared/tool-table.ts';

const mint = createMint('resumption');

/** The frames of an answer with a thought, a text and a call. */
function answerFrames(word: string): readonly JsonObject[] {
  const conversation = { model: 'm', stream: true, tools: [{ wireName: 'run', kind: 'function' as const }], turns: [] };
  const request = { method: 'POST', path: '/', query: new URLSearchParams(), headers: {}, body: {} };
  const answer = { thinking: `Thinking ${word}.`, text: `Saying ${word}.`, calls: [{ name: 'run', input: { word } }] };
  const reply = buildReply({ vendor: responsesVendor, mint, request, conversation, answer });
  return responsesVendor.frames(reply).map(({ data }) => objectOf(data));
}

function objectOf(data: string): JsonObject {
  const value = parseJson(data);
  if (!isJsonObject(value)) throw new Error(`no object: ${data}`);
  return value;
}

function eventsOf(frames: readonly JsonObject[]): readonly ReplyEvent[] {
  const tools = createToolTable({ model: 'm', stream: true, items: [], tools: [] }, anyName);
  const decoder = createReplyDecoder({ issuer: 'openai', tools });
  return frames.flatMap((frame) => decoder.push({ event: undefined, data: Buffer.from(JSON.stringify(frame)) }));
}

function trackOf(frames: readonly JsonObject[]) {
  const track = resumption.createTrack();
  for (const frame of frames) track.watch({ event: textAt(frame, 'type'), data: Buffer.from(JSON.stringify(frame)) });
  return track;
}

const first = answerFrames('one');
const second = eventsOf(answerFrames('two'));
const cuts = first.map((_, at) => at).slice(2, -1);
const typeAt = (at: number) => `${textAt(first[at - 1], 'type')} (${at})`;
const doneItems = (frames: readonly JsonObject[]) =>
  frames.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item);

describe('an answer that another goes on with', () => {
  it.each(cuts.map((at) => ({ at, behind: typeAt(at) })))('is one answer when it is cut behind $behind', ({ at }) => {
    const told = first.slice(0, at);
    const soFar = trackOf(told).soFar();
    if (!soFar) throw new Error('nothing was remembered');
    const encoder = createReplyEncoder({
      model: 'm',
      createdAt: 1,
      newId: (prefix) => mint.newId(prefix),
      goesOn: soFar,
    });
    const rest = second
      .flatMap((event) => encoder.push(event))
      .map((frame) => objectOf('data' in frame ? frame.data : ''));
    const all = [...told, ...rest];

    expect(all.map((frame) => frame['sequence_number'])).toEqual(all.map((_, index) => index));
    const opened = all
      .filter(({ type }) => type === 'response.output_item.added')
      .map((frame) => frame['output_index']);
    expect(opened).toEqual(opened.map((_, index) => index));
    expect(all.filter(({ type }) => type === 'response.created')).toHaveLength(1);
    const end = all.at(-1)?.['response'];
    expect(end).toMatchObject({ id: soFar.id, status: 'completed', output: doneItems(all) });
  });

  it.each(cuts.map((at) => ({ at, behind: typeAt(at) })))(
    'keeps the items that are finished behind $behind',
    ({ at }) => {
      const told = first.slice(0, at);
      expect(trackOf(told).soFar()?.items).toEqual(doneItems(told));
    },
  );

  it('may not be gone on with once a call is finished, for the agent is running it', () => {
    const call = first.findLastIndex(({ type }) => type === 'response.output_item.done');
    expect(trackOf(first.slice(0, call)).soFar()?.remedy).toBe('resume');
    expect(trackOf(first.slice(0, call + 1)).soFar()?.remedy).toBe('finish');
  });

  it('is given up when something is finished that nobody here knows', () => {
    const strange = { type: 'response.output_item.done', output_index: 7, item: { id: 'x_1', type: 'computer_call' } };
    expect(trackOf([...first.slice(0, 3), strange]).soFar()).toMatchObject({ remedy: 'fail', nextIndex: 8 });
  });

  it('is remembered across several breaks', () => {
    const before = trackOf(first.slice(0, -4)).soFar();
    const track = resumption.createTrack(before);
    expect(track.soFar()).toEqual(before);
  });
});
