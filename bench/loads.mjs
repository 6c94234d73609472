// What is sent, and how much CPU of nginx as a plain proxy each may cost at most.

const smallChat = JSON.stringify({
  model: 'openai/gpt-5.5',
  messages: [
    { role: 'system', content: 'You are a helpful assistant. '.repeat(12) },
    { role: 'user', content: 'Say hello to the benchmark, please. '.repeat(14) },
  ],
});

/** A request as Codex sends it in the middle of a session: tools, a long history of calls and outputs full of escaped quotes and newlines. */
function codexBody(model, bytes) {
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
  const input = [
    {
      type: 'message',
      role: 'developer',
      content: [{ type: 'input_text', text: 'You are a coding agent.\n'.repeat(700) }],
    },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Fix the failing test.' }] },
  ];
  const body = {
    model,
    stream: true,
    input,
    tools: Array.from({ length: 14 }, (_, index) => tool(index)),
    tool_choice: 'auto',
    parallel_tool_calls: true,
    reasoning: { effort: 'medium', summary: 'auto' },
    store: false,
    include: ['reasoning.encrypted_content'],
    prompt_cache_key: '01a1fbd2-9d71-7972-8c66-cd42ee01e482',
  };
  const output =
    'Chunk ID: 1\nWall time: 0.1 seconds\nOutput:\nconst name = "value"; // a "quoted" line of code\n\treturn { ok: true };\n'.repeat(
      30,
    );
  for (let step = 0; JSON.stringify(body).length < bytes; step += 1) {
    input.push(
      {
        type: 'function_call',
        call_id: `call_${step}`,
        name: 'tool_1',
        arguments: JSON.stringify({ cmd: `sed -n 1,200p src/file-${step}.ts` }),
      },
      { type: 'function_call_output', call_id: `call_${step}`, output },
    );
  }
  return JSON.stringify(body);
}

const codexBytes = 158 * 1024;

export const loads = [
  {
    name: 'express-small',
    path: '/v1/chat/completions',
    proxyPath: '/v1/chat/completions',
    body: smallChat,
    target: 3,
  },
  {
    name: 'express-codex',
    path: '/openai/v1/responses',
    proxyPath: '/v1/responses',
    body: codexBody('openai/gpt-5.5', codexBytes),
    target: 2.5,
  },
  {
    name: 'translate-codex',
    path: '/openai/v1/responses',
    proxyPath: '/v1/messages',
    body: codexBody('claude/claude-sonnet-4-5', codexBytes),
    target: 12,
  },
];
