import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedAgent } from '../kit/installed-agent.ts';
import { playScenes } from '../kit/model-script.ts';
import { prepareCodex } from './codex.ts';
import { type CodexHouse, modelName, startCodexHouse } from './codex-house.ts';
import { vendorNames } from './vendors-behind.ts';

const program = installedAgent('codex');

/** One red pixel. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==';

const script = playScenes(
  {
    cue: 'look at the pixel',
    answers: [{ calls: [{ name: 'view_image', input: { path: 'pixel.png' } }] }, { text: 'It is red.' }],
  },
  { cue: 'in a schema', answers: [{ text: '{"colour":"red"}' }] },
);

describe.skipIf(!program)(`a real Codex${program ? '' : ' (skipped: no Codex)'}`, () => {
  let house: CodexHouse;

  beforeAll(async () => {
    house = await startCodexHouse(script);
  });

  afterAll(() => house.stop());

  it.each(vendorNames)('shows a picture from a tool to %s', async (vendor) => {
    const { gateway, vendors } = house;
    const upstream = vendors.upstreams[vendor];
    const codex = prepareCodex({
      program: program ?? '',
      origin: gateway.origin,
      door: 'custom',
      model: modelName('patching', vendor),
    });
    try {
      writeFileSync(join(codex.directory, 'pixel.png'), Buffer.from(pixel, 'base64'));
      const run = await codex.run('look at the pixel');
      expect(upstream.complaints.splice(0)).toEqual([]);
      expect({ code: run.exitCode, end: run.events.at(-1)?.['type'] }).toEqual({ code: 0, end: 'turn.completed' });
      expect(JSON.stringify(upstream.requests.at(-1)?.body)).toMatch(/"[^"]*iVBORw0KGgo/);
    } finally {
      codex.remove();
    }
  });

  it.each(vendorNames)('asks %s for an answer that fits a schema', async (vendor) => {
    const { gateway, vendors } = house;
    const upstream = vendors.upstreams[vendor];
    const codex = prepareCodex({
      program: program ?? '',
      origin: gateway.origin,
      door: 'custom',
      model: modelName('patching', vendor),
    });
    try {
      const file = join(codex.directory, 'schema.json');
      const properties = { colour: { type: 'string', description: 'colour-of-the-schema' } };
      writeFileSync(
        file,
        JSON.stringify({ type: 'object', properties, required: ['colour'], additionalProperties: false }),
      );
      const run = await codex.run('in a schema', { flags: ['--output-schema', file] });
      expect(upstream.complaints.splice(0)).toEqual([]);
      expect({ code: run.exitCode, end: run.events.at(-1)?.['type'] }).toEqual({ code: 0, end: 'turn.completed' });
      expect(JSON.stringify(upstream.requests.at(-1)?.body)).toContain('colour-of-the-schema');
    } finally {
      codex.remove();
    }
  });
});
