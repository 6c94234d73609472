import { describe, expect, it } from 'vitest';
import { dialects } from '../registry.ts';

const { responses, chat, messages, gemini } = dialects;
const target = { model: 'm', issuer: 'other', abilities: {}, quirks: {} };

describe.each([chat, messages, gemini])('a Responses request for a $name provider', (provider) => {
  it.each(['previous_response_id', 'conversation'])('loses its meaning when %s stands for its history', (field) => {
    const request = responses.decodeRequest({ model: 'm', input: 'And then?', [field]: 'id_1' });
    const { losses } = provider.encodeRequest(request, target);
    expect(losses).toContainEqual(expect.objectContaining({ weight: 'meaning', what: `history.${field}` }));
  });

  it('loses nothing when it sends its history', () => {
    const request = responses.decodeRequest({ model: 'm', input: 'And then?', previous_response_id: null });
    expect(provider.encodeRequest(request, target).losses.filter(({ weight }) => weight === 'meaning')).toEqual([]);
  });
});
