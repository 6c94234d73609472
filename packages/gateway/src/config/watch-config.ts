import { type FSWatcher, watch } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Configuration, ConfigurationResult } from './load-configuration.ts';
import type { Problem } from './problem.ts';
import { changesThatNeedRestart, type Settings } from './resolve-settings.ts';
import type { SnapshotHolder } from './snapshot-holder.ts';

/** What became of a changed configuration. */
export type ConfigEvent =
  | {
      readonly type: 'config-replaced';
      readonly configuration: Configuration;
      /** Changes that wait for a restart, by their names in the document. */
      readonly waiting: readonly string[];
    }
  | { readonly type: 'config-rejected'; readonly problems: readonly Problem[] }
  | { readonly type: 'watch-failed'; readonly reason: string };

/** The file system as the watcher sees it. Tests pass their own. */
export interface WatchedFiles {
  /** The file's text, or undefined while it is not there. */
  read(path: string): Promise<string | undefined>;
  /** Calls back on any change in a directory. Returns what ends it. Throws where watching is impossible. */
  watchDirectory(path: string, onChange: () => void, onError: (error: unknown) => void): () => void;
  /** Where a path leads once symbolic links are followed. */
  realPath(path: string): Promise<string>;
}

/** Timers. Tests pass their own. Returns what cancels the call. */
export type Delay = (call: () => void, delayMs: number) => () => void;

export interface WatchOptions {
  /** Absent: nothing to watch, only `reload` works. */
  readonly file?: string;
  /** The file's text as it was loaded: what changed since is noticed. */
  readonly loadedText?: string;
  readonly load: (version: number) => Promise<ConfigurationResult>;
  readonly holder: SnapshotHolder;
  /** What the process was started with. */
  readonly running: Settings;
  readonly onEvent: (event: ConfigEvent) => void;
  readonly files?: WatchedFiles;
  readonly delay?: Delay;
}

export interface ConfigWatch {
  /** Loads anew even if the file is unchanged: secrets may be. One load at a time. */
  reload(): Promise<void>;
  close(): void;
}

/** Editors write in several steps; one load after they have finished is enough. */
const settleMs = 200;

/**
 * Swaps the snapshot when its file changes. A configuration that does not hold is reported, and the old one stays.
 *
 * Watched are directories and compared is the text: an editor that replaces the file, or a mounted volume that turns
 * a symbolic link, would escape a watch on the file itself.
 */
export async function watchConfig(options: WatchOptions): Promise<ConfigWatch> {
  const { file, files = nodeFiles, delay = nodeDelay } = options;
  const directories = new Map<string, () => void>();
  let seen = options.loadedText;
  let cancelCheck: (() => void) | undefined;
  let queue = Promise.resolve();
  let isClosed = false;

  const enqueue = (work: () => Promise<void>): Promise<void> => {
    queue = queue.then(() => (isClosed ? undefined : work()));
    return queue;
  };
  const check = async (path: string): Promise<void> => {
    await watchDirectories(path);
    const text = await files.read(path);
    // A file that is gone is between two steps of being replaced, or was deleted by mistake.
    if (text === undefined || text === seen) return;
    seen = text;
    await loadAndReplace(options);
  };
  const watchDirectories = async (path: string): Promise<void> => {
    const wanted = new Set([dirname(path), dirname(await files.realPath(path).catch(() => path))]);
    for (const [directory, stop] of directories) {
      if (wanted.has(directory)) continue;
      stop();
      directories.delete(directory);
    }
    for (const directory of wanted) if (!directories.has(directory)) watchOne(directory, path);
  };
  const watchOne = (directory: string, path: string): void => {
    const fail = (error: unknown): void => {
      directories.get(directory)?.();
      directories.delete(directory);
      options.onEvent({ type: 'watch-failed', reason: error instanceof Error ? error.message : String(error) });
    };
    const onChange = (): void => {
      cancelCheck?.();
      cancelCheck = isClosed ? undefined : delay(() => void enqueue(() => check(path)), settleMs);
    };
    try {
      directories.set(directory, files.watchDirectory(directory, onChange, fail));
    } catch (error) {
      fail(error);
    }
  };

  // Also takes up what changed between the first load and now.
  if (file !== undefined) await enqueue(() => check(file));
  return {
    reload: () =>
      enqueue(async () => {
        if (file !== undefined) seen = await files.read(file);
        await loadAndReplace(options);
      }),
    close: () => {
      isClosed = true;
      cancelCheck?.();
      for (const stop of directories.values()) stop();
    },
  };
}

async function loadAndReplace({ load, holder, running, onEvent }: WatchOptions): Promise<void> {
  const result = await load(holder.current().version + 1).catch((error: unknown): ConfigurationResult => {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, problems: [{ path: '', message, severity: 'error' }] };
  });
  if (!result.ok) {
    onEvent({ type: 'config-rejected', problems: result.problems });
    return;
  }
  const { configuration } = result;
  holder.replace(configuration.snapshot);
  onEvent({ type: 'config-replaced', configuration, waiting: changesThatNeedRestart(running, configuration.settings) });
}

const nodeFiles: WatchedFiles = {
  read: (path) => readFile(path, 'utf8').catch(() => undefined),
  watchDirectory: (path, onChange, onError) => {
    const watcher: FSWatcher = watch(path, { persistent: false }, onChange);
    watcher.on('error', onError);
    return () => watcher.close();
  },
  realPath: (path) => realpath(path),
};

const nodeDelay: Delay = (call, delayMs) => {
  const timer = setTimeout(call, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
};
