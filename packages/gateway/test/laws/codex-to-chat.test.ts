import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isJsonObject, parseJson } from '../../src/core/json.ts';
import type { EncodeTarget } from '../../src/dialects/dialect.ts';
import { chat } from '../../src/dialects/chat/index.ts';
import { responses } from '../../src/dialects/responses/index.ts';
import { objectAt, objectsAt, textAt } from '../kit/json-access.ts';
import { capturesDir } from '../kit/shared-data.ts';

const vendor: EncodeTarget = { model: 'm', issuer: 'vendor', quirks: {}, abilities: {} };
const skip = capturesDir === undefined ? ' (skipped: no captures)' : '';

describe.skipIf(capturesDir === undefined)(`a real Codex request for a Chat vendor${skip}`, () => {
  it.each([
    'codex-gpt-5.5-turn1.json',
    'codex-default-model-gpt-6.1-sol-lite-turn1.json',
    'codex-req-turn2-custom-gpt_5_5.json',
    'codex-req-turn2-custom_lite-gpt_6_1_sol.json',
    'codex-tool_search-turn2.json',
    'codex-req-view_image-output.json',
    'codex-req-output-schema.json',
    'codex-toolset-ap_freeform.json',
  ])('%s is one valid request, the same bytes each time, without loss of meaning', (name) => {
    const capture = parseJson(readFileSync(join(capturesDir ?? '', name), 'utf8'));
    const entry = Array.isArray(capture) ? capture.at(-1) : capture;
    const asked = isJsonObject(entry) && isJsonObject(entry['body']) ? entry['body'] : {};
    const write = () => chat.encodeRequest(responses.decodeRequest(asked), vendor);
    const { body, losses } = write();
    expect(losses.filter(({ weight }) => weight === 'meaning')).toEqual([]);
    expect(JSON.stringify(write().body)).toBe(JSON.stringify(body));
    const names = objectsAt(body, 'tools').map((tool) => textAt(objectAt(tool, 'function'), 'name'));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((each) => !/^[a-zA-Z0-9_-]{1,64}$/.test(each))).toEqual([]);
    expect(JSON.stringify(body)).not.toMatch(/x-codex-turn-metadata|internal_chat_message_metadata|installation_id/);
  });
});
