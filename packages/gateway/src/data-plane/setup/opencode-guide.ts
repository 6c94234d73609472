/** How to point opencode at this gateway. `origin` is where it is reached. */
export function opencodeGuide(origin: string): string {
  return `# opencode with Turnpike

opencode speaks what the provider's package speaks. In \`opencode.json\` (of the project, or in \`~/.config/opencode\`):

\`\`\`json
{
  "provider": {
    "turnpike": {
      "npm": "@ai-sdk/openai-compatible",
      "options": { "baseURL": "${origin}/v1", "apiKey": "{env:TURNPIKE_KEY}" },
      "models": { "MODEL": {} }
    }
  },
  "model": "turnpike/MODEL"
}
\`\`\`

\`MODEL\` is a name that the gateway lists at \`${origin}/v1/models\`, such as \`anthropic/claude-sonnet-5\`; write down each that you want to use.

Two more of its wires carry what Chat Completions cannot, such as sealed thoughts that come back to the model:

| For | Provider in \`opencode.json\` | \`baseURL\` |
| --- | --- | --- |
| Responses | \`openai\` | \`${origin}/openai/v1\` |
| Messages | \`anthropic\` | \`${origin}/anthropic/v1\` |

They keep their names, need no \`npm\`, and take the gateway's models under \`models\` in the same way.

## What to expect

- Each session begins with a second request, for its title, to a small model: your own over Chat, \`gpt-5.4-nano\` over Responses, Claude Haiku over Messages. Set
  \`small_model\` in \`opencode.json\`, or \`utility_model\` in the gateway's configuration.
- Records bear opencode's session.
- opencode repeats every 429 and every 5xx for minutes, and over Responses a 404 as well. So the gateway tells it of an unknown model with a 400 and of an
  empty account with a 402, which it shows at once, in the gateway's words.
- At every start it asks the npm registry for packages of its own. Without a way there it works all the same.

## Seen working

With every change of the gateway a real opencode 1.18.33 finishes sessions (parallel commands, a file written and read) over each of the three wires, at
scripted providers of four kinds: Chat, Responses, Messages and Gemini.
`;
}
