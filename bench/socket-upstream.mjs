// An upstream by HTTP and over WebSocket: reads everything and answers with 100 events, one after the other as a model does.
// With TLS, as every provider: `node socket-upstream.mjs PORT FOLDER`, where FOLDER has key.pem and cert.pem.
// `GET /bytes` tells how many bytes came in on all connections.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { responsesStream } from './answers.mjs';

const events = responsesStream()
  .split('\n\n')
  .flatMap((frame) => (frame === '' ? [] : [frame.slice(frame.indexOf('data: ') + 6)]));

async function tell(send) {
  for (const event of events) {
    send(event);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const connections = new Set();
let gone = 0;

const [port, folder] = process.argv.slice(2);
const keys = { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) };
const server = createServer(keys, (request, response) => {
  if (request.method === 'GET') {
    response.end(String([...connections].reduce((sum, { bytesRead }) => sum + bytesRead, gone)));
    return;
  }
  request.resume();
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    void tell((event) => response.write(`data: ${event}\n\n`)).then(() => response.end());
  });
});
server.on('secureConnection', (connection) => {
  connections.add(connection);
  connection.on('close', () => {
    connections.delete(connection);
    gone += connection.bytesRead;
  });
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false, maxPayload: 0 });
sockets.on('connection', (socket) => {
  socket.on('error', () => {});
  socket.on('message', () => void tell((event) => socket.send(event)));
});
server.listen(Number(port), '127.0.0.1', 4096);
