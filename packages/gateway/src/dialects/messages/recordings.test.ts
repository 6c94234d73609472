import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordingsDir } from '../../../test/kit/shared-data.ts';
import type { Item } from '../../core/items.ts';
import { isJsonObject, parseJson } from '../../core/json.ts';
import { messages } from './index.ts';
import { context, decode, encode, encoding, folded, observationOf, observe } from './reply-kit.fixture.ts';

describe.skipIf(!recordingsDir)('recorded answers (skipped: no recordings)', () => {
  const dir = join(recordingsDir ?? '', 'anthropic');
  const names = recordingsDir ? readdirSync(dir) : [];

  it.each(names.filter((name) => name.endsWith('.chunks.txt')))('%s is read, written again and read alike', (name) => {
    const lines = readFileSync(join(dir, name), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
    const events = lines.map((line) => parseJson(line)).filter(isJsonObject);
    const told = decode(events);
    const reply = folded(told);
    expect(reply.usage?.outputTokens).toBeGreaterThan(0);
    expect(reply.items.length).toBeGreaterThan(0);
    const again = folded(decode(encode(told)));
    expect(withoutExtras(again.items)).toEqual(withoutExtras(reply.items));
    expect(again.usage).toEqual(reply.usage);
    const firstEnd = events.findIndex((event) => event['type'] === 'message_stop');
    const first = events.slice(0, firstEnd + 1);
    expect(observe(first, true)).toEqual(observationOf(decode(first)));
  });

  it.each(names.filter((name) => name.endsWith('.json')))('%s is read, written again and read alike', (name) => {
    const body = parseJson(readFileSync(join(dir, name), 'utf8'));
    const reply = folded(messages.decodeReply(isJsonObject(body) ? body : {}, context));
    expect(reply.items.length).toBeGreaterThan(0);
    expect(folded(messages.decodeReply(messages.encodeReply(reply, encoding), context))).toEqual({
      ...reply,
      model: 'asked',
    });
  });
});

/** What a stream has no place for: fields that belong to an item but are known only when it is done. */
function withoutExtras(items: readonly Item[]): readonly unknown[] {
  return items.map((item) => {
    if (item.type === 'tool-call') return { ...item, extra: undefined };
    if (item.type !== 'message') return item;
    return {
      ...item,
      parts: item.parts.map((part) => (part.type === 'opaque' ? part : { ...part, extra: undefined })),
    };
  });
}
