import { type FSWatcher, watch } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** The file system as the watcher sees it. Tests pass their own. */
export interface WatchedFiles {
  /** The file's text, or undefined while it is not there. */
  read(path: string): Promise<string | undefined>;
  /** Calls back on any change in a directory, with the name in it where that is known. Returns what ends it. Throws where watching is impossible. */
  watchDirectory(path: string, onChange: (name?: string | null) => void, onError: (error: unknown) => void): () => void;
  /** Where a path leads once symbolic links are followed. */
  realPath(path: string): Promise<string>;
}

/** Timers. Tests pass their own. Returns what cancels the call. */
export type Delay = (call: () => void, delayMs: number) => () => void;

interface Watching {
  readonly files: WatchedFiles;
  readonly delay: Delay;
  /** Something may have changed, and whoever did it has finished. */
  onSettled(): void;
  onFailed(reason: string): void;
}

/** Looks out for changes of files. */
export interface FileWatch {
  /** Watches these files and no others from now on. */
  follow(paths: Iterable<string>): Promise<void>;
  close(): void;
}

/** Editors write in several steps; one look after they have finished is enough. */
const settleMs = 200;

/**
 * Watched are directories: an editor that replaces a file, or a mounted volume that turns a symbolic link, would escape a watch on the file itself.
 * What else happens in a directory is passed over, for it may be busy.
 */
export function watchFiles({ files, delay, onSettled, onFailed }: Watching): FileWatch {
  const directories = new Map<string, () => void>();
  /** Names that matter in a directory. Absent: all of them, for there are links in it. */
  let names = new Map<string, ReadonlySet<string> | undefined>();
  let cancel: (() => void) | undefined;
  let isClosed = false;

  const watchOne = (directory: string): void => {
    const fail = (error: unknown): void => {
      directories.get(directory)?.();
      directories.delete(directory);
      onFailed(error instanceof Error ? error.message : String(error));
    };
    const onChange = (name?: string | null): void => {
      const known = names.get(directory);
      if (isClosed || (known && typeof name === 'string' && !known.has(name))) return;
      cancel?.();
      cancel = delay(onSettled, settleMs);
    };
    try {
      directories.set(directory, files.watchDirectory(directory, onChange, fail));
    } catch (error) {
      fail(error);
    }
  };

  return {
    async follow(paths) {
      names = await namesIn(paths, files);
      if (isClosed) return;
      for (const [directory, stop] of directories) {
        if (names.has(directory)) continue;
        stop();
        directories.delete(directory);
      }
      for (const directory of names.keys()) if (!directories.has(directory)) watchOne(directory);
    },
    close() {
      isClosed = true;
      cancel?.();
      for (const stop of directories.values()) stop();
    },
  };
}

async function namesIn(paths: Iterable<string>, files: WatchedFiles) {
  const names = new Map<string, Set<string> | undefined>();
  for (const path of paths) {
    const real = await files.realPath(path).catch(() => path);
    for (const each of new Set([path, real])) {
      const directory = dirname(each);
      const known = names.get(directory);
      if (real !== path || (names.has(directory) && !known)) names.set(directory, undefined);
      else names.set(directory, (known ?? new Set()).add(basename(each)));
    }
  }
  return names;
}

export const nodeFiles: WatchedFiles = {
  read: (path) => readFile(path, 'utf8').catch(() => undefined),
  watchDirectory: (path, onChange, onError) => {
    const watcher: FSWatcher = watch(path, { persistent: false }, (_event, name) => onChange(name));
    watcher.on('error', onError);
    return () => watcher.close();
  },
  realPath: (path) => realpath(path),
};

export const nodeDelay: Delay = (call, delayMs) => {
  const timer = setTimeout(call, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
};
