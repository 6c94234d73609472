/** Names under which a model may be known, best first: as asked, without its date, without the prefix of its own provider. */
export function namesFor(model: string, priceId: string | undefined): readonly string[] {
  const slash = model.indexOf('/');
  const prefix = model.slice(0, Math.max(slash, 0));
  const bare = prefix === priceId || prefix === 'models' ? model.slice(slash + 1) : model;
  return [model, withoutDate(model), bare, withoutDate(bare)];
}

/** `gpt-5.5-2026-04-01`, `claude-sonnet-4-5-20250929` and `…@20250929` without their dates. */
function withoutDate(model: string): string {
  return model.replace(/[-@](?:20\d{2}-\d{2}-\d{2}|20\d{6})$/, '');
}
