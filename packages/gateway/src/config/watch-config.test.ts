import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configurationParts, temporaryDirectory } from '../../test/kit/configuration.ts';
import { loadConfiguration } from './load-configuration.ts';
import { formatProblem } from './problem.ts';
import { createSnapshotHolder } from './snapshot-holder.ts';
import { type ConfigEvent, type WatchOptions, watchConfig } from './watch-config.ts';
import type { WatchedFiles } from './watch-files.ts';

const good = 'virtual_keys: [{ name: a, value: vk-0123456789abcdef01 }]\n';
const better = `${good}models: { fast: { targets: [demo/x] } }\n`;
const bad = 'modles: {}\n';

/** A real file that is watched; directories and timers as given. */
async function watching(given: Partial<WatchOptions> = {}, link?: (cwd: string) => void) {
  const cwd = temporaryDirectory();
  const file = join(cwd, 'turnpike.yaml');
  if (link) link(cwd);
  else writeFileSync(file, good);
  const parts = configurationParts({ cwd });
  const first = await loadConfiguration(parts, { version: 1 });
  if (!first.ok) throw new Error(first.problems.map(formatProblem).join('\n'));
  const { secretFiles = new Map() } = first;
  const { snapshot, settings, text } = first.configuration;
  const holder = createSnapshotHolder(snapshot);
  const events: ConfigEvent[] = [];
  let heard: (() => void) | undefined;
  const watch = await watchConfig({
    file,
    ...(text === undefined ? {} : { loadedText: text }),
    secretFiles,
    load: (version) => loadConfiguration(parts, { version }),
    holder,
    running: settings,
    onEvent: (event) => {
      events.push(event);
      heard?.();
    },
    ...given,
  });
  onTestFinished(() => watch.close());
  const nextEvent = (after: number): Promise<void> =>
    new Promise((resolve) => {
      heard = () => events.length > after && resolve();
      heard();
    });
  return { cwd, file, holder, events, watch, nextEvent };
}

/** Directories that change and timers that end when the test says so. The file is read from memory. */
function scripted(text: string) {
  const state = {
    text: text as string | undefined,
    timers: new Set<() => void>(),
    directories: new Map<string, (name?: string) => void>(),
  };
  const files: WatchedFiles = {
    read: async () => state.text,
    realPath: async (path) => path,
    watchDirectory: (path, onChange) => {
      state.directories.set(path, onChange);
      return () => state.directories.delete(path);
    },
  };
  const delay = (call: () => void) => {
    state.timers.add(call);
    return () => state.timers.delete(call);
  };
  const change = (next: string | undefined) => {
    state.text = next;
    for (const notify of state.directories.values()) notify();
  };
  const elapse = () => {
    const due = [...state.timers];
    state.timers.clear();
    for (const call of due) call();
  };
  return { state, files, delay, change, elapse };
}

describe('a changed configuration', () => {
  it('is loaded once, after the editor has finished', async () => {
    const script = scripted(good);
    const { file, events, holder, nextEvent } = await watching({ files: script.files, delay: script.delay });
    script.change('half wri');
    script.change(undefined);
    writeFileSync(file, better);
    script.change(better);
    expect(script.state.timers.size).toBe(1);
    script.elapse();
    await nextEvent(0);
    expect(events.map(({ type }) => type)).toEqual(['config-replaced']);
    expect(holder.current().version).toBe(2);
    expect(holder.current().aliases.has('fast')).toBe(true);
  });

  it('that says the same is no change', async () => {
    const script = scripted(good);
    const { events, watch, holder } = await watching({ files: script.files, delay: script.delay });
    const before = holder.current();
    script.change(good);
    script.elapse();
    script.change(undefined);
    script.elapse();
    await watch.reload();
    expect(events).toHaveLength(1);
    expect(holder.current().version).toBe(before.version + 1);
  });

  it('that does not hold is told with its problems, and the old one stays', async () => {
    const { file, holder, events, watch } = await watching();
    const before = holder.current();
    writeFileSync(file, bad);
    await watch.reload();
    expect(holder.current()).toBe(before);
    const rejected = events.find((event) => event.type === 'config-rejected');
    expect(rejected?.problems.map(formatProblem)).toEqual([
      'turnpike.yaml:1:1  modles: is not a known field (did you mean `models`?)',
    ]);
  });

  it('is noticed if it came between the first load and the watch', async () => {
    const { events, nextEvent } = await watching({ loadedText: 'older' });
    await nextEvent(0);
    expect(events.map(({ type }) => type)).toEqual(['config-replaced']);
  });

  it('says what waits for a restart', async () => {
    const { file, events, watch } = await watching();
    writeFileSync(file, `${good}server: { port: 1 }\n`);
    await watch.reload();
    expect(events.map((event) => event.type === 'config-replaced' && event.waiting)).toEqual([['server.port']]);
  });

  it('whose loading breaks down is rejected, not thrown', async () => {
    const { events, watch } = await watching({ load: () => Promise.reject(new Error('the disk is gone')) });
    await watch.reload();
    expect(events).toMatchObject([{ type: 'config-rejected', problems: [{ message: 'the disk is gone' }] }]);
  });
});

describe('a changed file with a secret', () => {
  const document =
    'providers: { pool: { kind: openai-compatible, base_url: "http://127.0.0.1:9/v1", keys: [KEYS] } }\n';
  const withKeys = (...names: readonly string[]) =>
    document.replace('KEYS', names.map((name) => `{ name: ${name}, value: "file:${name}.key" }`).join(', ')) + good;

  async function watchingKeys(...names: readonly string[]) {
    const house = await watching({}, (cwd) => {
      for (const name of names) writeFileSync(join(cwd, `${name}.key`), `sk-old-${name}\n`);
      writeFileSync(join(cwd, 'turnpike.yaml'), withKeys(...names));
    });
    const values = () =>
      house.holder
        .current()
        .providers.get('pool')
        ?.credentials.map(({ secret }) => secret?.reveal());
    const write = (name: string, text: string) => writeFileSync(join(house.cwd, `${name}.key`), text);
    return { ...house, values, write };
  }

  it('is noticed, and told by its path', async () => {
    const { cwd, events, nextEvent, values, write } = await watchingKeys('a', 'b');
    write('b', 'sk-new-b');
    await nextEvent(0);
    expect(values()).toEqual(['sk-old-a', 'sk-new-b']);
    expect(events).toMatchObject([{ type: 'config-replaced', changed: [join(cwd, 'b.key')] }]);
  });

  it.each(['', 'an error page, not a key'])('that now says "%s" changes nothing, until it is right', async (text) => {
    const { events, nextEvent, values, write } = await watchingKeys('a');
    write('a', text);
    await nextEvent(0);
    expect(values()).toEqual(['sk-old-a']);
    expect(events).toMatchObject([{ type: 'config-rejected' }]);
    write('a', 'sk-new-a');
    await nextEvent(1);
    expect(values()).toEqual(['sk-new-a']);
  });

  it('is looked at on demand, which changes nothing where it says the same', async () => {
    const { events, values, watch, write } = await watchingKeys('a');
    await watch.check();
    write('a', 'sk-old-a');
    await watch.check();
    expect(events).toEqual([]);
    write('a', 'sk-new-a');
    await Promise.all([watch.check(), watch.check()]);
    expect(values()).toEqual(['sk-new-a']);
    expect(events).toHaveLength(1);
  });

  it('is noticed, too, when the document came to name it later, or before it was there', async () => {
    const { file, nextEvent, values, write } = await watchingKeys('a');
    writeFileSync(file, withKeys('a', 'c'));
    await nextEvent(0);
    expect(values()).toEqual(['sk-old-a']);
    write('c', 'sk-c');
    await nextEvent(1);
    expect(values()).toEqual(['sk-old-a', 'sk-c']);
    write('c', 'sk-newer');
    await nextEvent(2);
    expect(values()).toEqual(['sk-old-a', 'sk-newer']);
  });

  it('is noticed behind the link of a mounted volume', async () => {
    const { cwd, nextEvent, values } = await watching({}, (directory) => {
      mkdirSync(join(directory, 'secrets/..v1'), { recursive: true });
      writeFileSync(join(directory, 'secrets/..v1/a.key'), 'sk-one');
      symlinkSync('..v1', join(directory, 'secrets/..data'));
      symlinkSync('..data/a.key', join(directory, 'secrets/a.key'));
      writeFileSync(join(directory, 'turnpike.yaml'), withKeys('a').replace('file:a', 'file:secrets/a'));
    }).then((house) => ({
      ...house,
      values: () =>
        house.holder
          .current()
          .providers.get('pool')
          ?.credentials.map(({ secret }) => secret?.reveal()),
    }));
    mkdirSync(join(cwd, 'secrets/..v2'));
    writeFileSync(join(cwd, 'secrets/..v2/a.key'), 'sk-two');
    symlinkSync('..v2', join(cwd, 'secrets/..data_tmp'));
    renameSync(join(cwd, 'secrets/..data_tmp'), join(cwd, 'secrets/..data'));
    await nextEvent(0);
    expect(values()).toEqual(['sk-two']);
  });
});

describe('the watch', () => {
  it('passes over what else happens in the directory', async () => {
    const script = scripted(good);
    await watching({ files: script.files, delay: script.delay });
    for (const notify of script.state.directories.values()) notify('turnpike.db-wal');
    expect(script.state.timers.size).toBe(0);
    for (const notify of script.state.directories.values()) notify('turnpike.yaml');
    expect(script.state.timers.size).toBe(1);
  });

  it('that cannot be had is told, and reloading by hand still works', async () => {
    const files: WatchedFiles = {
      ...scripted(good).files,
      watchDirectory: () => {
        throw new Error('too many watches');
      },
    };
    const { events, watch } = await watching({ files });
    await watch.reload();
    expect(events).toMatchObject([{ type: 'watch-failed', reason: 'too many watches' }, { type: 'config-replaced' }]);
  });

  it('loads one at a time, and numbers what it loads', async () => {
    const { holder, watch } = await watching();
    await Promise.all([watch.reload(), watch.reload(), watch.reload()]);
    expect(holder.current().version).toBe(4);
  });

  it('leaves nothing behind when it is closed', async () => {
    const script = scripted(good);
    const { watch, events } = await watching({ files: script.files, delay: script.delay });
    script.change(better);
    watch.close();
    expect(script.state.directories.size + script.state.timers.size).toBe(0);
    await watch.reload();
    expect(events).toEqual([]);
  });

  it('sees a file that an editor replaces, again and again', async () => {
    const { cwd, file, holder, nextEvent } = await watching();
    for (const [round, text] of [better, good].entries()) {
      writeFileSync(join(cwd, '.draft'), text);
      renameSync(join(cwd, '.draft'), file);
      await nextEvent(round);
      expect(holder.current().aliases.has('fast')).toBe(text === better);
    }
  });

  it('sees a mounted volume that turns its symbolic link', async () => {
    // As Kubernetes does it: turnpike.yaml -> ..data/turnpike.yaml, and ..data -> a new directory for every version.
    const version = (cwd: string, name: string, text: string) => {
      mkdirSync(join(cwd, name));
      writeFileSync(join(cwd, name, 'turnpike.yaml'), text);
    };
    const { cwd, holder, nextEvent } = await watching({}, (directory) => {
      version(directory, '..v1', good);
      symlinkSync('..v1', join(directory, '..data'));
      symlinkSync(join('..data', 'turnpike.yaml'), join(directory, 'turnpike.yaml'));
    });
    for (const [round, text] of [better, good].entries()) {
      version(cwd, `..v${round + 2}`, text);
      symlinkSync(`..v${round + 2}`, join(cwd, '..data_tmp'));
      renameSync(join(cwd, '..data_tmp'), join(cwd, '..data'));
      rmSync(join(cwd, `..v${round + 1}`), { recursive: true });
      await nextEvent(round);
      expect(holder.current().aliases.has('fast')).toBe(text === better);
    }
  });

  it('sees a change behind a symbolic link to another directory', async () => {
    const elsewhere = temporaryDirectory();
    const target = join(elsewhere, 'real.yaml');
    const { holder, nextEvent } = await watching({}, (cwd) => {
      writeFileSync(target, good);
      symlinkSync(target, join(cwd, 'turnpike.yaml'));
    });
    writeFileSync(target, better);
    await nextEvent(0);
    expect(holder.current().aliases.has('fast')).toBe(true);
  });
});
