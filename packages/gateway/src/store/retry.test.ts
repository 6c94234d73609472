import { expect, it } from 'vitest';
import { retryDelayMs } from './retry.ts';

const failure = (code: string, message = 'no') => Object.assign(new Error(message), { code });

it.each([
  ['a server that is not there', failure('ECONNREFUSED')],
  ['a server that shuts down', failure('57P01')],
  ['too many connections', failure('53300')],
  ['transactions in each other’s way', failure('40P01')],
  ['a connection that breaks', new Error('Connection terminated unexpectedly')],
  ['a pool that has none left', new Error('timeout exceeded when trying to connect')],
  ['a file that another process writes', new Error('database is locked')],
  ['a full disk', new Error('database or disk is full')],
])('waits longer each time for %s', (_, error) => {
  expect([1, 2, 3, 20].map((attempt) => retryDelayMs(error, attempt))).toEqual([100, 200, 400, 5_000]);
});

it.each([
  ['a value that no table takes', failure('23502')],
  ['words that are no SQL', failure('42601')],
  ['a table that SQLite does not have', new Error('no such table: x')],
  ['what is no error', 'no'],
])('does not try %s again', (_, error) => {
  expect(retryDelayMs(error, 1)).toBeUndefined();
});
