import { array, assert, boolean, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHistories, type History } from './histories.ts';

function createTime() {
  let ms = 0;
  return { now: () => ms, monotonicMs: () => ms, pass: (more: number) => (ms += more) };
}

const limits = { maxBytes: 100, maxIdleMs: 1000 };
const sized = (bytes: number) => Buffer.alloc(bytes, 'x');
const textOf = (history: History | undefined) => Buffer.concat(history ?? []).toString();

describe('the histories of sockets', () => {
  it('hold the latest response of each, and only for its owner', () => {
    const histories = createHistories(limits, createTime());
    const [one, other] = [{}, {}];
    histories.remember(one, 'resp_1', [Buffer.from('{}')]);
    histories.remember(one, 'resp_2', [Buffer.from('{}'), Buffer.alloc(0), Buffer.from('[1]')]);
    expect(histories.recall(one, 'resp_1')).toBeUndefined();
    expect(textOf(histories.recall(one, 'resp_2'))).toBe('{}[1]');
    expect(histories.recall(other, 'resp_2')).toBeUndefined();
    histories.forget(one);
    expect([histories.recall(one, 'resp_2'), histories.bytes]).toEqual([undefined, 0]);
  });

  it('let go first whom nobody has asked for longest', () => {
    const histories = createHistories(limits, createTime());
    const [one, two, three] = [{}, {}, {}];
    histories.remember(one, 'r', [sized(40)]);
    histories.remember(two, 'r', [sized(40)]);
    histories.recall(one, 'r');
    histories.remember(three, 'r', [sized(40)]);
    expect([one, two, three].map((owner) => histories.recall(owner, 'r') !== undefined)).toEqual([true, false, true]);
  });

  it('let go who has not been asked for too long', () => {
    const time = createTime();
    const histories = createHistories(limits, time);
    const [one, two] = [{}, {}];
    histories.remember(one, 'r', [sized(1)]);
    histories.remember(two, 'r', [sized(1)]);
    time.pass(900);
    histories.recall(one, 'r');
    time.pass(900);
    histories.sweep();
    expect([one, two].map((owner) => histories.recall(owner, 'r') !== undefined)).toEqual([true, false]);
  });

  it('can move to another place', () => {
    const histories = createHistories(limits, createTime());
    histories.rebase(limits, Buffer.from('{"a":1}'));
    expect(histories.bytes).toBe(0);
    histories.remember(limits, 'r', [Buffer.from('{"a":1}'), Buffer.from('{"b":2}')]);
    const place = Buffer.from('{"a":1},{"b":2}');
    histories.rebase(limits, place);
    expect(histories.recall(limits, 'r')).toEqual([place]);
    expect(histories.bytes).toBe(place.length);
  });

  it('never hold more than allowed, and know how much they hold', () => {
    const owners = Array.from({ length: 5 }, () => ({}));
    const step = record({ owner: nat(4), bytes: nat(150), forget: boolean() });
    assert(
      property(array(step), (steps) => {
        const histories = createHistories(limits, createTime());
        for (const { owner, bytes, forget } of steps) {
          const who = owners[owner] ?? limits;
          if (forget) histories.forget(who);
          else histories.remember(who, 'r', [sized(bytes)]);
          const held = owners.map((each) => textOf(histories.recall(each, 'r')).length);
          expect(histories.bytes).toBe(held.reduce((sum, each) => sum + each, 0));
          expect(histories.bytes).toBeLessThanOrEqual(limits.maxBytes);
        }
      }),
    );
  });
});
