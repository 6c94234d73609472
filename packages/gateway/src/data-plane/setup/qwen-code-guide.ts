/** How to point Qwen Code at this gateway. `origin` is where it is reached. */
export function qwenCodeGuide(origin: string): string {
  return `# Qwen Code with Turnpike

\`\`\`sh
export OPENAI_BASE_URL="${origin}/v1"
export OPENAI_API_KEY="your virtual key"
export OPENAI_MODEL="MODEL"
qwen --auth-type openai
\`\`\`

\`MODEL\` is a name that the gateway lists at \`${origin}/v1/models\`, such as \`anthropic/claude-sonnet-5\`. Qwen Code sends statistics of its use
elsewhere unless \`~/.qwen/settings.json\` says otherwise:

\`\`\`json
{ "privacy": { "usageStatisticsEnabled": false } }
\`\`\`

## What to expect

- It speaks Chat Completions, which has no place for sealed thoughts: models that want them back think anew at each step.
- It tells no session; its records are told apart by their key.
- Refusals of the gateway are one request and one line, \`[API Error: … ]\`, with the gateway's words. It repeats every 429 for minutes, so an empty account at a provider is
  told with a 402.
- With \`HTTP_PROXY\` set it goes through the proxy even to this machine.

## Seen working

With every change of the gateway a real Qwen Code 0.24.4 finishes sessions (parallel commands, a file written and read) at scripted providers of
four kinds: Chat, Messages, Gemini and Responses. It is made for Node.js 22; the tests also run it on 20.
`;
}
