import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../test/kit/configuration.ts';
import { resolveSecret } from './secret-sources.ts';

const env = { KEY: 'sk-from-env', PASTED: ' sk-pasted\n', EMPTY: ' ', TWO_LINES: 'a\nb' };

async function told(text: string): Promise<string> {
  const resolved = await resolveSecret(text, { env, file: '/nonexistent/turnpike.yaml' });
  if (resolved.ok) return `secret: ${resolved.secret.reveal()}`;
  return resolved.hint === undefined ? resolved.message : `${resolved.message} (${resolved.hint})`;
}

describe('a secret', () => {
  it.each([
    ['env:KEY', 'secret: sk-from-env'],
    ['env:PASTED', 'secret: sk-pasted'],
    ['sk-itself', 'secret: sk-itself'],
    ['sk-a1:with-a-colon', 'secret: sk-a1:with-a-colon'],
    ['env:NOPE', 'environment variable NOPE is not set'],
    ['env:EMPTY', 'environment variable EMPTY is empty'],
    ['env:', 'needs the name of an environment variable after `env:`'],
    ['env:TWO_LINES', '`env:TWO_LINES` has spaces, line breaks or other characters that no key has'],
    ['sk with spaces', 'has spaces, line breaks or other characters that no key has'],
    ['file:', 'needs a path after `file:`'],
    ['file:key', 'cannot read /nonexistent/key: there is no such file'],
    ['vault:x', 'refers to `vault:`, which is not a secret source (known: env, file)'],
    ['evn:KEY', 'refers to `evn:`, which is not a secret source (did you mean `env`?)'],
    ['constructor:x', 'refers to `constructor:`, which is not a secret source (known: env, file)'],
    ['$KEY', 'is a reference in another program’s style (here it is written env:KEY)'],
    ['${KEY}', 'is a reference in another program’s style (here it is written env:KEY)'],
    ['env.KEY', 'is a reference in another program’s style (here it is written env:KEY)'],
    ['os.environ/KEY', 'is a reference in another program’s style (here it is written env:KEY)'],
  ])('written %s gives: %s', async (text, expected) => {
    expect(await told(text)).toBe(expected);
  });

  it('is read from a file beside the configuration, without its last line break', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'key'), 'sk-from-file\n');
    const resolved = await resolveSecret('file:key', { env: {}, file: join(directory, 'turnpike.yaml') });
    expect(resolved.ok && resolved.secret.reveal()).toBe('sk-from-file');
  });

  it('is not a file that is far too large for one, nor an empty one', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'large'), 'x'.repeat(70_000));
    writeFileSync(join(directory, 'empty'), '\n');
    const context = { env: {}, file: join(directory, 'turnpike.yaml') };
    expect(await resolveSecret('file:large', context)).toMatchObject({
      message: expect.stringContaining('larger than 64 KiB'),
    });
    expect(await resolveSecret('file:empty', context)).toMatchObject({ message: '`file:empty` is empty' });
  });

  it('does not show itself when printed', async () => {
    const resolved = await resolveSecret('env:KEY', { env });
    expect(inspect(resolved, { depth: 9 }) + JSON.stringify(resolved)).not.toContain('sk-from-env');
  });
});
