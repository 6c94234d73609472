import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DialectName } from '../../src/core/items.ts';
import { awsStreamBytes } from './aws-stream.ts';
import { type Conversation, sealsIn } from './conversation.ts';
import type { Script } from './model-script.ts';
import { type LoopbackServer, readVendorRequest, serveLoopback, sseBytes, writeInOddChunks } from './vendor-server.ts';
import { createMint, type Mint } from './vendors/mint.ts';
import { buildReply } from './vendors/pieces.ts';
import type { Refusal, Vendor, VendorReply, VendorRequest } from './vendors/vendor.ts';
import { vendors } from './vendors/vendors.ts';

/** One request and what became of it. */
export interface SeenRequest extends VendorRequest {
  readonly conversation: Conversation;
  /** Set when the vendor complained. */
  readonly refusal?: Refusal;
  /** Set when the vendor answered. */
  readonly reply?: VendorReply;
}

export interface ScriptedUpstream extends LoopbackServer {
  readonly dialect: DialectName;
  /** The vendor's base URL, with its version path, as a configuration would name it. */
  readonly baseUrl: string;
  /** All requests so far, oldest first. */
  readonly requests: readonly SeenRequest[];
  /** What a strict vendor complained of, and errors of the script. Empty in every good session. */
  readonly complaints: string[];
  /** Sealed states given out; those among them that came with calls, so that the agent must come back with them; and those that came back. */
  seals(): {
    readonly issued: readonly string[];
    readonly owed: readonly string[];
    readonly returned: readonly string[];
  };
}

/** Starts a server that speaks a vendor's dialect by a script and is as strict about requests as the vendor. */
export async function startUpstream(options: {
  readonly dialect: DialectName;
  readonly script: Script;
  /** Tells vendors of one dialect apart: their ids differ, and neither reads the other's seals. */
  readonly name?: string;
  /** The account that a key belongs to. None reads the seals of another. Absent: there is but one. */
  accountOf?(key: string): string;
}): Promise<ScriptedUpstream> {
  const vendor = vendors[options.dialect];
  const requests: SeenRequest[] = [];
  const complaints: string[] = [];
  const { name = options.dialect } = options;
  const mints = new Map<string, Mint>();

  function mintFor({ headers }: VendorRequest): Mint {
    const key = headers['authorization'] ?? headers['x-api-key'] ?? headers['x-goog-api-key'] ?? '';
    const account = options.accountOf?.(key.replace('Bearer ', '')) ?? '';
    const mint = mints.get(account) ?? createMint(name + account, () => [...mints.values()]);
    mints.set(account, mint);
    return mint;
  }

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readVendorRequest(incoming);
    if (!request)
      return refuse(response, { status: 400, message: 'We could not parse the JSON body of your request.' });
    if (!vendor.serves(request)) {
      return refuse(response, { status: 404, message: `no such endpoint: ${request.method} ${request.path}` });
    }
    const conversation = vendor.read(request);
    const refusal = vendor.refuse(request, mintFor(request));
    if (refusal) {
      requests.push({ ...request, conversation, refusal });
      return refuse(response, refusal);
    }
    const reply = play(request, conversation);
    requests.push({ ...request, conversation, reply });
    await answer(response, vendor, conversation, reply);
  }

  function play(request: VendorRequest, conversation: Conversation): VendorReply {
    try {
      const wanted = options.script(conversation);
      const { thinking: _, ...unthinking } = wanted;
      return buildReply({
        vendor,
        mint: mintFor(request),
        request,
        conversation,
        answer: vendor.thinks(request) ? wanted : unthinking,
      });
    } catch (thrown) {
      complaints.push(`script: ${String(thrown)}`);
      throw thrown;
    }
  }

  function refuse(response: ServerResponse, refusal: Refusal): void {
    complaints.push(`${refusal.status}: ${refusal.message}`);
    response.writeHead(refusal.status, { 'content-type': 'application/json', 'x-request-id': 'req_test' });
    response.end(JSON.stringify(vendor.errorBody(refusal)));
  }

  const sealsOf = ({ reply }: SeenRequest): readonly string[] => (reply ? vendor.sealsGiven(reply) : []);
  const hasCalls = ({ reply }: SeenRequest): boolean => reply?.pieces.some((piece) => piece.type === 'call') ?? false;

  const server = await serveLoopback(handle);
  return {
    ...server,
    dialect: options.dialect,
    baseUrl: server.origin + vendor.basePath,
    requests,
    complaints,
    seals: () => ({
      issued: requests.flatMap((each) => sealsOf(each)),
      owed: requests.flatMap((each) => (hasCalls(each) ? sealsOf(each) : [])),
      returned: requests.flatMap((each) => sealsIn(each.conversation)),
    }),
  };
}

async function answer(response: ServerResponse, vendor: Vendor, conversation: Conversation, reply: VendorReply) {
  if (!conversation.stream) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(vendor.whole(reply)));
    return;
  }
  const { type, bytes } = streamOf(vendor, reply);
  response.writeHead(200, { 'content-type': type, 'x-request-id': 'req_test' });
  await writeInOddChunks(response, bytes);
  response.end();
}

function streamOf(vendor: Vendor, reply: VendorReply): { readonly type: string; readonly bytes: Buffer } {
  const frames = vendor.frames(reply);
  if (vendor.dialect === 'converse')
    return { type: 'application/vnd.amazon.eventstream', bytes: awsStreamBytes(frames) };
  const newline = vendor.dialect === 'gemini' ? '\r\n' : '\n';
  return { type: 'text/event-stream; charset=utf-8', bytes: sseBytes(frames, newline) };
}
