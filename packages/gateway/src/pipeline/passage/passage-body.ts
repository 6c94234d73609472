import { Failure } from '../../core/failure.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { Mutable } from '../../core/mutable.ts';
import { booleanField, type Peek, peekObject, stringField } from '../../wire/peek.ts';
import { formText, isMultipart, readForm, replaceFormText } from '../../wire/multipart.ts';
import { spliceObject } from '../../wire/splice.ts';
import { type Asked, checkedModel } from '../envelope.ts';
import type { Inbound } from '../inbound.ts';
import type { Question } from './passage.ts';

/** A request's body on its way through. */
export interface PassageBody extends Asked {
  /** It is kept whole, so it can be sent more than once. */
  readonly replayable: boolean;
  /** The bytes for a provider that knows the model by this name. Throws after `forget`. */
  write(model: string): { readonly pieces: readonly Buffer[] } | { readonly stream: AsyncIterable<Buffer> };
  /** It will not be sent again. */
  forget(): void;
}

/** Reads as much of the body as must be known: all of it where it names the model, else nothing. */
export async function readPassageBody({ known, method }: Question, inbound: Inbound): Promise<PassageBody> {
  if (method === 'GET') return keptBody({}, () => []);
  const { streamBody } = inbound;
  switch (known?.operation.model) {
    case 'path':
      return addressedBody(peekObject(await inbound.readBody()), known.place.model ?? '');
    case 'body':
      return namedBody(await inbound.readBody(), inbound);
    default: {
      return streamBody ? streamedBody(streamBody) : namelessBody(await inbound.readBody());
    }
  }
}

function namelessBody(body: Buffer): PassageBody {
  return keptBody({ bodyBytes: body.length }, () => [body]);
}

function namedBody(body: Buffer, { headers }: Inbound): PassageBody {
  const type = headers['content-type'];
  if (typeof type === 'string' && isMultipart(type)) return formBody(readForm(body, type), body.length);
  const peek = peekObject(body);
  const model = stringField(peek, 'model');
  return keptBody({ model, stream: booleanField(peek, 'stream'), bodyBytes: body.length }, (name) =>
    model === undefined ? [body] : spliceObject(peek, { replace: { model: JSON.stringify(name) } }),
  );
}

function formBody(form: ReturnType<typeof readForm>, bodyBytes: number): PassageBody {
  const stream = formText(form, 'stream') === 'true';
  return keptBody({ model: formText(form, 'model'), stream, bodyBytes }, (name) =>
    replaceFormText(form, 'model', name),
  );
}

/** Google's way: the model stands in the path, and the body may repeat it, also once for each of its requests. */
function addressedBody(peek: Peek, model: string): PassageBody {
  const { body } = peek;
  return keptBody({ model, bodyBytes: body.length }, (name) => {
    if (name === model) return [body];
    const value = parseJson(body.toString('utf8'));
    if (!isJsonObject(value)) throw new Failure('request-malformed', 'The request body is not a JSON object.');
    return [Buffer.from(JSON.stringify(withModel(value, `models/${name}`)))];
  });
}

function withModel(value: JsonObject, model: string): JsonObject {
  const { requests, generateContentRequest: counted } = value;
  return {
    ...value,
    ...(value['model'] === undefined ? {} : { model }),
    ...(isJsonObject(counted) ? { generateContentRequest: withModel(counted, model) } : {}),
    ...(Array.isArray(requests)
      ? { requests: requests.map((each: unknown) => (isJsonObject(each) ? withModel(each, model) : null)) }
      : {}),
  };
}

interface Found {
  readonly model?: string | undefined;
  readonly stream?: boolean | undefined;
  readonly bodyBytes?: number;
}

function keptBody(found: Found, write: (model: string) => readonly Buffer[]): PassageBody {
  let writer: typeof write | undefined = write;
  return {
    ...(found.model === undefined ? {} : { model: checkedModel(found.model) }),
    stream: found.stream ?? false,
    bodyBytes: found.bodyBytes ?? 0,
    replayable: true,
    write(model) {
      if (!writer) throw new TypeError('a body was asked for that has been let go');
      return { pieces: writer(model) };
    },
    forget() {
      writer = undefined;
    },
  };
}

/** Goes through as it comes: files may be larger than what we would hold. */
function streamedBody(streamBody: () => AsyncIterable<Buffer>): PassageBody {
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of streamBody()) {
      body.bodyBytes += chunk.length;
      yield chunk;
    }
  }
  const body: Mutable<PassageBody> = {
    stream: false,
    bodyBytes: 0,
    replayable: false,
    write: () => ({ stream: counted() }),
    forget: () => {},
  };
  return body;
}
