// A coding agent's session of many turns, as requests with the whole history and as messages with only what is new.

const tool = (index) => ({
  type: 'function',
  name: `tool_${index}`,
  description: 'Runs a command in a PTY, returning output or a session ID for ongoing interaction. '.repeat(4),
  strict: false,
  parameters: {
    type: 'object',
    properties: { cmd: { type: 'string', description: 'Shell command.' } },
    required: ['cmd'],
    additionalProperties: false,
  },
});

const fields = (model) => ({
  model,
  stream: true,
  tools: Array.from({ length: 14 }, (_, index) => tool(index)),
  tool_choice: 'auto',
  parallel_tool_calls: true,
  reasoning: { effort: 'medium', summary: 'auto' },
  store: false,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: '01a1fbd2-9d71-7972-8c66-cd42ee01e482',
});

const opening = [
  {
    type: 'message',
    role: 'developer',
    content: [{ type: 'input_text', text: 'You are a coding agent.\n'.repeat(700) }],
  },
  { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Fix the failing test.' }] },
];

const words = 'const name value return import export function await index length stream frame header budget'.split(' ');

/** Text that repeats itself no more than code does, the same in every run. */
function output(step) {
  let seed = step * 7919 + 1;
  const lines = Array.from({ length: 60 }, () => {
    const line = Array.from({ length: 8 }, () => {
      seed = (seed * 48271) % 2147483647;
      return `${words[seed % words.length]}${seed % 97}`;
    });
    return `  ${line.join(' ')} "quoted";`;
  });
  return `Chunk ID: ${step}\nWall time: 0.1 seconds\nOutput:\n${lines.join('\n')}`;
}

const news = (step) =>
  step === 0 ? opening : [{ type: 'function_call_output', call_id: `call_${step - 1}`, output: output(step) }];

/** What the upstream of the benchmark answers; `answer` are its finished items. */
export function postedTurns(model, turns, answer) {
  const history = [];
  return Array.from({ length: turns }, (_, step) => {
    history.push(...news(step));
    const body = JSON.stringify({ ...fields(model), input: history });
    history.push(...answer(step));
    return body;
  });
}

export function socketTurns(model, turns, responseId) {
  return Array.from({ length: turns }, (_, step) =>
    JSON.stringify({
      type: 'response.create',
      ...fields(model),
      ...(step === 0 ? {} : { previous_response_id: responseId }),
      input: news(step),
    }),
  );
}
