import { expect, it } from 'vitest';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../src/core/json.ts';
import type { CanonicalRequest } from '../../src/core/items.ts';
import { dialects, providerDialects } from '../../src/dialects/registry.ts';
import { readEnvelope } from '../../src/pipeline/envelope.ts';
import { longStringBytes } from '../../src/wire/json-scanner.ts';
import { requestFixtures, targets } from '../corpus/corpus.ts';
import { inboundOf } from '../kit/inbound.ts';

/** Every text that may stay bytes is made long enough for it. */
function lengthened(value: Json, fields: readonly string[]): Json {
  if (Array.isArray(value)) return value.map((each: Json) => lengthened(each, fields));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      typeof field === 'string' && fields.includes(key)
        ? `${field} "and" so on\n`.repeat(longStringBytes)
        : lengthened(field ?? null, fields),
    ]),
  );
}

/** Its end is trimmed for those who take the beginning of an answer. */
const beginnings = (['chat', 'messages'] as const).map((dialect) => ({
  dialect,
  name: 'beginning of an answer',
  body: { model: 'm', max_tokens: 10, messages: ['user', 'assistant'].map((role) => ({ role, content: 'So' })) },
}));

const fixtures = [...requestFixtures(), ...beginnings].flatMap(({ dialect, name, body }) => {
  const { copiedTexts } = dialects[dialect];
  if (!copiedTexts) return [];
  const long = lengthened(body, copiedTexts.fields);
  return isJsonObject(long) ? [{ dialect, name, body: long }] : [];
});

function envelopeOf(dialect: (typeof fixtures)[number]['dialect'], body: JsonObject) {
  const readBody = () => Promise.reject(new TypeError('it was read'));
  const inbound = inboundOf({ id: 'ex_019a7b2c', dialect, readBody });
  return readEnvelope(inbound, Buffer.from(JSON.stringify(body)), dialects[dialect]);
}

it('there are requests with such texts', () => {
  const outlined = fixtures.filter(({ dialect, body }) =>
    JSON.stringify(envelopeOf(dialect, body).canonical()).includes('ex_019a7b2c'),
  );
  expect(outlined.length).toBeGreaterThan(8);
});

const pairs = fixtures.flatMap((fixture) => targets.map((to) => ({ ...fixture, to })));

it.each(pairs)('$dialect/$name reads the same for a provider of $to.dialect where its texts stay bytes', (pair) => {
  const { dialect, body, to } = pair;
  const write = (request: CanonicalRequest) => providerDialects[to.dialect].encodeRequest(request, to.target);
  const envelope = envelopeOf(dialect, body);
  const [bytes, whole] = [write(envelope.canonical()), write(dialects[dialect].decodeRequest(body))];
  expect(parseJson(envelope.written(bytes.body).toString())).toEqual(parseJson(JSON.stringify(whole.body)));
  expect(bytes.losses).toEqual(whole.losses);
});
