import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configurationParts, temporaryDirectory } from '../../test/kit/configuration.ts';
import { loadConfiguration } from './load-configuration.ts';
import { formatProblem } from './problem.ts';
import { createSnapshotHolder } from './snapshot-holder.ts';
import { type ConfigEvent, type WatchedFiles, type WatchOptions, watchConfig } from './watch-config.ts';

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
  const { snapshot, settings, text } = first.configuration;
  const holder = createSnapshotHolder(snapshot);
  const events: ConfigEvent[] = [];
  let heard: (() => void) | undefined;
  const watch = await watchConfig({
    file,
    ...(text === undefined ? {} : { loadedText: text }),
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
    directories: new Map<string, () => void>(),
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

describe('the watch', () => {
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
