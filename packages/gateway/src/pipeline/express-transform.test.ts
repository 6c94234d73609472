import { describe, expect, it } from 'vitest';
import { Failure } from '../core/failure.ts';
import { dialects } from '../dialects/registry.ts';
import { createExpressTransform } from './express-transform.ts';

const created = 'data: {"type":"response.created","response":{"id":"resp_1"}}\n\n';
const delta = 'data: {"type":"response.output_text.delta","delta":"Hi"}\n\n';
const completed =
  'data: {"type":"response.completed","response":{"id":"resp_1","status":"completed","usage":{"input_tokens":3,"output_tokens":1}}}\n\n';

function express(dropsUsageFrame = false) {
  return createExpressTransform({
    observer: dialects.responses.createObserver(),
    closing: (failure) => `data: <${failure.code}>\n\n`,
    dropsUsageFrame,
  });
}

function textOf(transform: ReturnType<typeof express>, ...chunks: readonly string[]): string {
  return chunks.map((chunk) => transform.push(Buffer.from(chunk)).toString()).join('');
}

describe('the express lane', () => {
  it('passes whole frames as they came and notes what they tell', () => {
    const transform = express();
    expect(textOf(transform, created + delta.slice(0, 10), delta.slice(10), completed)).toBe(
      created + delta + completed,
    );
    expect(transform.seen()).toMatchObject({ semantic: true, terminal: 'done', usage: { inputTokens: 3 } });
  });

  it('passes nothing after the last word', () => {
    const transform = express();
    expect(textOf(transform, created + delta + completed + delta, delta)).toBe(created + delta + completed);
    expect(transform.end().toString()).toBe('');
  });

  it('closes an answer that ends before its last word', () => {
    const transform = express();
    expect(textOf(transform, created + delta)).toBe(created + delta);
    expect(transform.end().toString()).toBe('data: <upstream-cut>\n\n');
    expect(transform.seen().terminal).toMatchObject({ code: 'upstream-cut' });
  });

  it('completes a last frame whose blank line is missing', () => {
    const transform = express();
    expect(textOf(transform, created, completed.slice(0, -1))).toBe(created);
    expect(transform.end().toString().trimEnd()).toBe(completed.trimEnd());
    expect(transform.seen().terminal).toBe('done');
  });

  it('says for the provider that a frame which nobody can read was the end', () => {
    const transform = express();
    expect(textOf(transform, `${created}${delta}data: {"never": [\n\n${completed}`)).toBe(
      `${created}${delta}data: <upstream-garbled>\n\n`,
    );
    expect(textOf(transform, completed)).toBe('');
    expect(transform.end().toString()).toBe('');
    expect(transform.seen()).toMatchObject({ closed: true, terminal: { code: 'upstream-garbled' } });
  });

  it('says so too of an unreadable rest', () => {
    const transform = express();
    expect(textOf(transform, `${created}${delta}data: {"nev`)).toBe(created + delta);
    expect(transform.end().toString()).toMatch(/^(data: <upstream-(garbled|cut)>\n\n)$/);
  });

  it('closes an answer that upstream breaks off, and not one that had its last word', () => {
    const cut = new Failure('upstream-cut', 'The connection broke.');
    const broken = express();
    textOf(broken, created + delta);
    expect(broken.fail(cut).toString()).toBe('data: <upstream-cut>\n\n');
    const complete = express();
    textOf(complete, created + delta + completed);
    expect(complete.fail(cut).toString()).toBe('');
    expect(complete.seen().terminal).toBe('done');
  });
});
