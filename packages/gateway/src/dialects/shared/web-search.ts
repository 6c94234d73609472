import type { HostedTool } from '../../core/items.ts';

/**
 * Whether a vendor's own web search may stand in for the one that the caller offers.
 * `external_web_access: false` allows only an index of the caller's own provider: a live search would go against it.
 */
export function maySearchLive({ tool, settings }: HostedTool): boolean {
  return tool === 'web_search' && settings['external_web_access'] !== false;
}
