import { createHash } from 'node:crypto';
import type { Snapshot } from '../../config/snapshot.ts';
import type { Clock } from '../../core/clock.ts';
import { Failure } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import { createMemo, type Memo } from '../../core/memo.ts';
import { type CodexWriter, createCodexWriter } from './codex-document.ts';
import { createListing, type ListedModel, type Listing } from './listed-models.ts';
import { formOfList, type ModelsQuestion, writeModel } from './model-forms.ts';
import { createSharedLists, type SharedLists } from './shared-lists.ts';
import { createTurns } from './turns.ts';
import type { Reader } from './ways.ts';

/** An answer as it is sent, and a tag that no other answer has. */
export interface ModelsAnswer {
  readonly body: Buffer;
  readonly etag: string;
}

/** Answers what there is to ask about models, at the cost of a lookup once others have asked the same. */
export interface ModelsDesk {
  /** What a caller may ask for, in the form that its agent reads. Rejects with `model-unknown`. */
  answer(question: ModelsQuestion, reader: Reader, snapshot: Snapshot): Promise<ModelsAnswer>;
  /** What a caller is offered. */
  offered(reader: Reader, snapshot: Snapshot): Promise<readonly ListedModel[]>;
  /** One name that a caller may ask for, listed or not. */
  find(name: string, reader: Reader, snapshot: Snapshot): ListedModel | undefined;
}

export interface ModelsDeskParts {
  readonly log: Log;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

/** What is kept of one configuration, for as long as that is there. */
interface Shelf {
  readonly listing: Listing;
  readonly lists: SharedLists;
  readonly answers: Memo<Promise<ModelsAnswer>>;
  readonly codex: CodexWriter;
}

/** Answers to Codex take some megabytes. They are put together again in milliseconds. */
const mostAnswers = 16;

export function createModelsDesk({ log, clock }: ModelsDeskParts): ModelsDesk {
  const shelves = new WeakMap<Snapshot, Shelf>();
  const turns = createTurns(clock);

  function shelfOf(snapshot: Snapshot): Shelf {
    let shelf = shelves.get(snapshot);
    if (!shelf) {
      const listing = createListing(snapshot);
      const lists = createSharedLists(snapshot, (reader) => turns.run(listing.models(reader)));
      shelf = { listing, lists, answers: createMemo(mostAnswers), codex: createCodexWriter(log) };
      shelves.set(snapshot, shelf);
    }
    return shelf;
  }

  async function answerList(question: ModelsQuestion, reader: Reader, shelf: Shelf): Promise<ModelsAnswer> {
    const { lists, answers, codex } = shelf;
    const form = formOfList(question, codex);
    const { id, models } = await lists.of(reader);
    return answers.of(`${id} ${form.key}`, async () => answerOf(await turns.run(form.write(models))));
  }

  const find: ModelsDesk['find'] = (name, reader, snapshot) => shelfOf(snapshot).listing.model(name, reader);

  return {
    find,
    async answer(question, reader, snapshot) {
      const { model: name, dialect } = question;
      if (name === undefined) return answerList(question, reader, shelfOf(snapshot));
      const model = find(name, reader, snapshot);
      if (!model) throw new Failure('model-unknown', `There is no model "${name}" here that you may use.`);
      return answerOf(writeModel(model, dialect));
    },
    async offered(reader, snapshot) {
      const { models } = await shelfOf(snapshot).lists.of(reader);
      return models.filter(({ offered }) => offered);
    },
  };
}

function answerOf(text: string): ModelsAnswer {
  const body = Buffer.from(text);
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}
