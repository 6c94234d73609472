import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanonicalRequest, DialectName, Item } from '../../src/core/items.ts';
import { type JsonObject, unknownFields } from '../../src/core/json.ts';
import { dialects, providerDialects } from '../../src/dialects/registry.ts';
import { requests } from '../kit/arbitrary.ts';
import { homeTarget } from '../kit/dialect-kit.ts';
import { type Capture, captures } from '../kit/recordings.ts';

const all = Object.values(dialects);
const found = captures();
const skipped = found.length === 0 ? ' (skipped: no captures)' : '';

/** The model and the wish for a stream are the URL's in Gemini, and our own decision everywhere. What Codex tells of its machine stays here. */
function comparable(body: JsonObject): JsonObject | undefined {
  return unknownFields(body, new Set(['model', 'stream', 'client_metadata']));
}

/** Meaning that a captured request says and another dialect cannot. Everything else must get through. */
const knownMeaningLosses: readonly {
  readonly capture: RegExp;
  readonly what: RegExp;
  readonly to: readonly DialectName[];
}[] = [
  // OpenAI's remote compaction: its items mean something only to OpenAI.
  {
    capture: /^codex-compaction-/,
    what: /compaction|^history\.responses$|^item/,
    to: ['chat', 'messages', 'gemini', 'cohere', 'converse'],
  },
];

function isKnownLoss(capture: Capture, to: DialectName, what: string): boolean {
  return knownMeaningLosses.some(
    (known) => known.capture.test(capture.name) && known.what.test(what) && known.to.includes(to),
  );
}

describe('a request survives its own dialect', () => {
  for (const dialect of all) {
    const own = found.filter((capture) => capture.dialect === dialect.name);

    it.skipIf(own.length === 0)(`${dialect.name}: every captured request comes back as it was${skipped}`, () => {
      for (const capture of own) {
        const request = dialect.decodeRequest(capture.body);
        const { body } = dialect.encodeRequest(request, homeTarget(dialect, request.model));
        expect({ name: capture.name, ...comparable(body) }).toEqual({
          name: capture.name,
          ...comparable(capture.body),
        });
      }
    });

    it(`${dialect.name}: what was written is read and written again the same`, () => {
      fc.assert(
        fc.property(requests, (request) => {
          const target = homeTarget(dialect);
          const written = dialect.encodeRequest(request, target).body;
          const read = dialect.decodeRequest({ ...written, model: 'm', stream: true });
          expect(dialect.encodeRequest(read, target).body).toEqual(written);
        }),
        { numRuns: 200 },
      );
    });
  }
});

/** A history with something in it that only another dialect knows. */
function strangeRequest(dialect: DialectName, type: string): CanonicalRequest {
  const item: Item = { type: 'opaque', dialect, value: { type } };
  const question: Item = { type: 'message', role: 'user', parts: [{ type: 'text', text: 'go' }] };
  return { model: 'm', stream: true, items: [question, item, item], tools: [] };
}

describe('a request can be said in every dialect', () => {
  for (const to of Object.values(providerDialects)) {
    const foreign = to.name === 'responses' ? 'messages' : 'responses';

    it(`but what only ${foreign} knows is a loss of meaning in ${to.name}, told once`, () => {
      const losses = (type: string) => to.encodeRequest(strangeRequest(foreign, type), homeTarget(to)).losses;
      expect(losses('ghost')).toMatchObject([{ weight: 'meaning', what: 'item.ghost' }]);
      expect(losses('fallback')).toMatchObject([{ weight: 'hint', what: 'item.fallback' }]);
    });

    it.skipIf(found.length === 0)(`every captured request in ${to.name}, the same bytes each time${skipped}`, () => {
      for (const capture of found) {
        const from = dialects[capture.dialect];
        const encode = () => to.encodeRequest(from.decodeRequest(capture.body), { ...homeTarget(to), quirks: {} });
        const first = encode();
        expect(JSON.stringify(encode().body)).toBe(JSON.stringify(first.body));
        const lost = first.losses.filter((loss) => loss.weight === 'meaning').map((loss) => loss.what);
        const unexpected = lost.filter((what) => !isKnownLoss(capture, to.name, what));
        expect({ name: capture.name, unexpected }).toEqual({ name: capture.name, unexpected: [] });
      }
    });

    it(`any plain request in ${to.name}, with no meaning lost`, () => {
      fc.assert(
        fc.property(requests, (request) => {
          const { losses } = to.encodeRequest(request, { ...homeTarget(to), quirks: {} });
          expect(losses.filter((loss) => loss.weight === 'meaning')).toEqual([]);
        }),
        { numRuns: 200 },
      );
    });
  }
});
