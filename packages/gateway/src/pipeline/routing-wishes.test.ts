import { describe, expect, it } from 'vitest';
import { goodConfiguration } from '../../test/kit/configuration.ts';
import { noWishes } from '../routing/wishes.ts';
import { withWishes } from './routing-wishes.ts';

const document = `
providers:
  openrouter: { keys: [{ value: or-1 }] }
  mistral: { keys: [{ value: mi-1 }] }
`;

async function provider(name: string) {
  const found = (await goodConfiguration(document)).snapshot.providers.get(name);
  if (!found) throw new Error(`no provider ${name}`);
  return found;
}

const body = { pieces: [Buffer.from('{"model":'), Buffer.from('"m"}')], losses: [], edited: { edits: {} } };

describe('a body whose caller has wishes', () => {
  it('has the field that OpenRouter reads put back, for OpenRouter alone', async () => {
    const wishes = { ...noWishes, provider: { order: ['deepinfra'] } };
    const text = async (name: string) =>
      Buffer.concat(withWishes(body, wishes, await provider(name)).pieces).toString();
    expect(await text('openrouter')).toBe('{"model":"m","provider":{"order":["deepinfra"]}}');
    expect(await text('mistral')).toBe('{"model":"m"}');
  });

  it('goes by HTTP: a socket’s cuts were measured in other bytes', async () => {
    expect(withWishes(body, noWishes, await provider('mistral'))).not.toHaveProperty('edited');
  });

  it('is refused where a vendor’s field is taken out and all of them are wanted', async () => {
    const wishes = { ...noWishes, requireParameters: true };
    const cut = { ...body, edited: { edits: { remove: ['verbosity', 'client_metadata'] } } };
    const mistral = await provider('mistral');
    expect(() => withWishes(cut, wishes, mistral)).toThrow(/would not get all of the request.*: verbosity\.$/);
    expect(() => withWishes(body, wishes, mistral)).not.toThrow();
  });
});
