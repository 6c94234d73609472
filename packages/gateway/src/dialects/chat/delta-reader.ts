import type { ReplyEvent } from '../../core/events.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { AnswerBuilder } from './answer-builder.ts';
import { thinkingText } from './message-decoder.ts';
import { detailText } from './reasoning-details.ts';
import { isFilled } from './types.ts';

/** What an answer may carry beside the canonical form: kept with its message, for callers of this dialect. */
const sideFields: readonly string[] = ['annotations', 'images', 'audio'];
/** Perplexity's sources stand beside the choices. */
const sideFieldsOfChunk: readonly string[] = ['citations', 'search_results'];

/** Reads what one choice adds: thoughts first, then words, then calls, for chunks that hold several. */
export function readDelta(chunk: JsonObject, choice: JsonObject, builder: AnswerBuilder): readonly ReplyEvent[] {
  // A whole answer has a message instead; its calls need no index, for their place is one.
  const whole = !isJsonObject(choice['delta']);
  const delta = whole ? choice['message'] : choice['delta'];
  if (!isJsonObject(delta)) return [];
  const details = objectsIn(delta['reasoning_details']);
  builder.seal(details);
  attachSides(chunk, delta, builder);
  return [
    ...thoughts(delta, details, builder),
    ...words(delta['content'], builder),
    ...(isFilled(delta['refusal']) ? builder.say('refusal', delta['refusal']) : []),
    ...objectsIn(delta['tool_calls']).flatMap((entry, at) => builder.call(whole ? { index: at, ...entry } : entry)),
    ...(isJsonObject(delta['function_call']) ? builder.call({ index: 0, function: delta['function_call'] }) : []),
  ];
}

/** Vendors and their gateways often send the same thought under two or three names: the first one counts. */
function thoughts(delta: JsonObject, details: readonly JsonObject[], builder: AnswerBuilder): readonly ReplyEvent[] {
  const candidates = [delta['reasoning_content'], delta['reasoning'], detailText(details)];
  const text = candidates.find(isFilled);
  return text === undefined ? [] : builder.think(text);
}

/** Content is a string, or an array of parts at Mistral; its reference parts only repeat what the text says. */
function words(content: Json | undefined, builder: AnswerBuilder): readonly ReplyEvent[] {
  if (isFilled(content)) return builder.say('text', content);
  return objectsIn(content).flatMap((part) => {
    const text = part['type'] === 'thinking' ? thinkingText(part['thinking']) : part['text'];
    if (!isFilled(text)) return [];
    return part['type'] === 'thinking' ? builder.think(text) : builder.say('text', text);
  });
}

function attachSides(chunk: JsonObject, delta: JsonObject, builder: AnswerBuilder): void {
  const found: { [key: string]: Json | undefined } = {};
  let any = false;
  function take(key: string, value: Json | undefined): void {
    if (value === undefined || !(Array.isArray(value) ? value.length > 0 : isJsonObject(value))) return;
    found[key] = value;
    any = true;
  }
  for (const key of sideFields) take(key, delta[key]);
  for (const key of sideFieldsOfChunk) take(key, chunk[key]);
  if (any) builder.attach(found);
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
