import { codexProfile } from './codex-profile.ts';

/** How to point Codex at this gateway: the page that the gateway serves, and the guide in the documentation. `origin` is where it is reached, `websockets` whether it offers them. */
export function codexGuide(origin: string, websockets: boolean): string {
  return `# Codex CLI with Turnpike

Codex needs one file and one environment variable. Nothing else of your setup changes, and \`codex\` without the profile works as before.

1. Save this as \`turnpike.config.toml\` in \`~/.codex\` (or in \`$CODEX_HOME\`), with a model of your choice:

\`\`\`toml
${codexProfile(origin, websockets)}\`\`\`

2. Put your virtual key into the environment: \`export TURNPIKE_KEY=...\`
3. Start Codex with the profile: \`codex -p turnpike\`, or \`codex exec -p turnpike "..."\`.

To make it the default, put the same lines into \`config.toml\`. \`codex doctor\` and \`codex debug models\` read only that file.
A project's own \`.codex/config.toml\` cannot set a provider: Codex ignores it there, so that a repository cannot redirect your key.

## What to expect

- The model picker (\`/model\`) lists what your virtual key may use: first the names that the gateway's configuration gives, then each
  vendor's models once, as \`provider/model\`. In \`-m\` models' own names work, too, and every other entry of a vendor.
- Codex speaks its public protocol with every model listed here, also with OpenAI's. Leave out \`model_catalog_url\` if you want OpenAI's
  models in their private form (tools inside the history, code instead of calls); the gateway understands that as well.
- A helper's requests are recorded under the session that it helps. The job that thinks of a session's title runs under an id of its own,
  because Codex gives it one; its records say \`title\`.
- Errors of the gateway stand in the terminal as they were written: which limit, of whom, and what to do.

## Without a file

The same provider as flags of one command:

\`\`\`sh
codex -c model_provider='"turnpike"' -c 'model_providers.turnpike={name="Turnpike",base_url="${origin}/openai/v1",env_key="TURNPIKE_KEY",model_catalog_url="${origin}/openai/v1/models"}' -m MODEL
\`\`\`

Codex's built-in provider can be used as well: \`openai_base_url = "${origin}/openai/v1"\` at the top of \`config.toml\`, and the virtual
key in \`CODEX_API_KEY\` or through \`codex login --with-api-key\`. Codex then takes its own list of models, so it does not know the
gateway's names, and every session begins with a WebSocket.

## Older releases

Run on 2026-11-21, each with the same session (a shell command, a patch, a last word) and scripted providers of every kind:

| Release | What works |
| --- | --- |
| 0.8.0 | Nothing. It sends only what is new and expects the server to know the rest. |
| 0.20.0 | The oldest that works: sessions with tools over HTTP, through a provider of its own. It asks six times whatever the refusal says. |
| 0.80.0 | Refusals are shown after one request, in the gateway's words. (0.40.0 still asks six times.) |
| 0.116.0 | The oldest that opens a WebSocket: by itself with \`openai_base_url\`, or with \`supports_websockets\`. |
| 0.163.0 | Reads \`model_catalog_url\`. (0.160.1 does not, and guesses what a model can do.) |

0.20.0, 0.116.0 and the current release are run with every change of the gateway. With an older release put the lines of the provider into
\`config.toml\`, and add \`wire_api = "responses"\`: up to 0.80 Codex speaks Chat unless told so.

## Recipes that no longer work

Found in many guides; this is what the current Codex (0.169) does with them:

| Recipe | What happens |
| --- | --- |
| \`OPENAI_BASE_URL\` in the environment | Ignored. Requests go to api.openai.com, and with \`CODEX_API_KEY\` set your virtual key goes there too. |
| \`OPENAI_API_KEY\` in the environment | Not read. With \`openai_base_url\` the requests reach the gateway without a key. |
| \`[network] openai_base_url\` or \`[auth] api_key\` in \`config.toml\` | Ignored without a word. Requests go to api.openai.com. \`--strict-config\` would complain. |
| \`codex.toml\` | Not a file that Codex reads. It reads \`config.toml\`, and \`NAME.config.toml\` with \`-p NAME\`. |
| \`wire_api = "chat"\` | An error at the start. Leave the line out. |
| \`[profiles.NAME]\` in \`config.toml\` | An error with \`-p NAME\`. A profile is a file of its own now. |
| Being signed in with ChatGPT and \`openai_base_url\` | Codex sends your ChatGPT login. The gateway refuses it, keeps nothing of it, and tells you what to do. |
`;
}
