// The fixed answers of the fast upstream, in the true formats of three vendors.

export const chatJson = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1790000000,
  model: 'gpt-5.5',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'Hello, benchmark! '.repeat(20) }, finish_reason: 'stop' },
  ],
  usage: { prompt_tokens: 200, completion_tokens: 80, total_tokens: 280 },
});

const sse = (events) => events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');

/** 100 events. */
export function responsesStream(deltas = 92) {
  const head = { id: 'resp_1', object: 'response', created_at: 1790000000, model: 'gpt-5.5', output: [] };
  const text = 'word '.repeat(deltas);
  const item = {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [] }],
  };
  const usage = {
    input_tokens: 40000,
    input_tokens_details: { cached_tokens: 38000 },
    output_tokens: deltas,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 40000 + deltas,
  };
  const place = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  const events = [
    { type: 'response.created', response: { ...head, status: 'in_progress' } },
    { type: 'response.in_progress', response: { ...head, status: 'in_progress' } },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', content: [] } },
    { type: 'response.content_part.added', ...place, part: { type: 'output_text', text: '', annotations: [] } },
    ...Array.from({ length: deltas }, () => ({ type: 'response.output_text.delta', ...place, delta: 'word ' })),
    { type: 'response.output_text.done', ...place, text },
    { type: 'response.content_part.done', ...place, part: item.content[0] },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: { ...head, status: 'completed', output: [item], usage } },
  ];
  return sse(events.map((event, sequence_number) => ({ ...event, sequence_number })));
}

/** 100 events. */
export function messagesStream(deltas = 95) {
  return sse([
    {
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-sonnet-4-5',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 2000, cache_read_input_tokens: 38000, cache_creation_input_tokens: 0, output_tokens: 1 },
      },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...Array.from({ length: deltas }, () => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: 'word ' },
    })),
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: deltas },
    },
    { type: 'message_stop' },
  ]);
}
