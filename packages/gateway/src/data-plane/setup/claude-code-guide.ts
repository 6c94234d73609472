/** How to point Claude Code at this gateway. `origin` is where it is reached. */
export function claudeCodeGuide(origin: string): string {
  return `# Claude Code with Turnpike

Two environment variables are enough:

\`\`\`sh
export ANTHROPIC_BASE_URL="${origin}/anthropic"
export ANTHROPIC_AUTH_TOKEN="your virtual key"
claude --model MODEL
\`\`\`

To keep them, write them into \`~/.claude/settings.json\`:

\`\`\`json
{
  "env": {
    "ANTHROPIC_BASE_URL": "${origin}/anthropic",
    "ANTHROPIC_AUTH_TOKEN": "your virtual key",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"
  }
}
\`\`\`

The last line stops what Claude Code would otherwise ask of Anthropic's own servers. Write no \`/v1\`: Claude Code adds it. Set only one of
\`ANTHROPIC_AUTH_TOKEN\` and \`ANTHROPIC_API_KEY\`; with both, the gateway reads the token.

An \`apiKeyHelper\` in the settings works as well: its output is taken for the key, and a token that has expired is followed by a new one at once.

## Models

- \`--model\`, \`/model NAME\` and \`ANTHROPIC_MODEL\` take every name that the gateway lists at \`${origin}/anthropic/v1/models\`: aliases of its
  configuration, \`provider/model\`, and bare names. A session may change models, and vendors, whenever you like.
- \`ANTHROPIC_DEFAULT_OPUS_MODEL\`, \`…_SONNET_MODEL\` and \`…_HAIKU_MODEL\` say what its own words \`opus\`, \`sonnet\` and \`haiku\` mean. Small jobs of its own
  go to a Haiku model; where nobody serves one, \`utility_model\` in the gateway's configuration does.
- \`CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY=1\` fills the picker from the gateway's list. Claude Code takes only names that begin with
  \`claude\` or \`anthropic\` from it, so give other models such an alias:

\`\`\`yaml
models:
  claude-via-gpt: { targets: [openai/gpt-5.5] }
\`\`\`

- What Claude Code uses depends on the name. One that it knows for one of Anthropic's newest models (\`claude-opus-5-5…\`) makes it search for
  tools on demand and put system messages between others, which the gateway tells every provider in its own way. With other names it sends all
  tools at once.

## What to expect

- At Anthropic's models requests and answers pass untouched, with all of Claude Code's headers and fields, also those that are newer than this
  gateway. Anthropic's refusals pass word for word: Claude Code gives up a feature by their wording.
- At other models thinking, tools, images, files and structured answers are translated. What could not be said stands in the response header
  \`x-turnpike-losses\` and in the record. The block that tells Anthropic whom to bill is not passed on: it would spoil the prompt caches of others.
- A refusal of the gateway is one request and one sentence in your terminal. Its status is chosen for Claude Code, which takes a 404 for a
  misspelt model, a 403 for a failed login, and sends a 400 six times.
- Requests of sub-agents are recorded under their session, each with its own thread.
- Token counts (\`count_tokens\`) come from Anthropic where the model is Anthropic's. Elsewhere they are an estimate, four bytes to a token and 1,600
  tokens for a picture or file; the header \`x-turnpike-estimate\` says so.
- Anthropic's own web search runs at Anthropic's models only.

## Seen working

With every change of the gateway a real Claude Code 2.1.329 finishes sessions (parallel commands, a file written and read) at scripted providers
of four kinds: Messages, Gemini, Chat and Responses. It finds tools on demand at the last three, goes from vendor to vendor in one session, loses a feature that its
provider refuses, and reads the gateway's list of models. It reaches no other host.
`;
}
