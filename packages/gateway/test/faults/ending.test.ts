import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { endsOf, openQuestion, readTold, textOf } from '../kit/ask.ts';
import { toldText } from '../kit/faulty-upstream.ts';
import { alone, type FaultyHouse, startFaultyHouse } from './faulty-providers.ts';

const houses: FaultyHouse[] = [];

async function startHouse(): Promise<FaultyHouse> {
  const house = await startFaultyHouse({});
  houses.push(house);
  return house;
}

// Stopping throws when the gateway does not end within some seconds.
afterEach(async () => {
  await Promise.all(houses.splice(0).map((house) => house.stop()));
});

it('ends at once although a client holds a connection that it never used', async () => {
  const { gateway } = await startHouse();
  const socket = connect(Number(new URL(gateway.origin).port), '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await expect(gateway.stop()).resolves.toBeUndefined();
  await closed;
});

it('lets a running answer finish, and then ends although the client would keep the connection', async () => {
  const { gateway } = await startHouse();
  const answer = await openQuestion(gateway.origin, { dialect: 'responses', model: alone('drip', 'messages') });
  const stopped = gateway.stop();
  const told = await readTold(answer);
  expect(endsOf('responses', told)).toEqual(['done']);
  expect(textOf('responses', told)).toBe(toldText);
  await expect(stopped).resolves.toBeUndefined();
});
