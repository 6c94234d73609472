/**
 * The profile that makes Codex use this gateway, as a file of its own that changes nothing else. `origin` is where the gateway is reached.
 * `websockets`: whether it offers them; Codex would try, and its doctor warn. Every line says what it is for. All of it was run with the real
 * Codex; the tests run it again.
 */
export function codexProfile(origin: string, websockets: boolean): string {
  const overSocket = `
# Send each turn's news over one connection instead of the whole history every time.
supports_websockets = true
`;
  return `# Which model: any name that this gateway lists (see ${origin}/openai/v1/models).
model = "MODEL"

# Send requests to the provider defined below instead of OpenAI.
model_provider = "turnpike"

# Do not offer a web search that the provider would have to run: most cannot.
web_search = "disabled"

[model_providers.turnpike]
# Any name but "OpenAI" and "azure", which would switch on OpenAI's private protocol.
name = "Turnpike"

# Where this gateway is. No query string: Codex would misplace it.
base_url = "${origin}/openai/v1"

# The environment variable that holds your virtual key. A ChatGPT login is not used and not sent.
env_key = "TURNPIKE_KEY"

# What Codex prints when the variable is missing.
env_key_instructions = "Set TURNPIKE_KEY to your Turnpike virtual key."

# What each model can do. Without it Codex guesses, or treats a name such as "gpt-6.1-sol" as OpenAI's own.
model_catalog_url = "${origin}/openai/v1/models"
${websockets ? overSocket : ''}
[features]
# When the gateway cannot be reached, give up after half a minute. Codex would wait forever.
unbounded_connection_retries = false

# Do not fetch OpenAI's app and plugin lists at every start.
apps = false
plugins = false

[analytics]
# Do not send usage statistics to OpenAI.
enabled = false
`;
}
