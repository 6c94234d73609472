// nginx twice: as the fast upstream with fixed answers, and as the plain reverse proxy to compare with.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chatJson, messagesStream, responsesStream } from './answers.mjs';

const common = (folder, name) => `
daemon off;
worker_processes 1;
pid ${folder}/${name}.pid;
error_log ${folder}/${name}.log error;
events { worker_connections 8192; }`;

const temporary = (folder, name) => `
  access_log off;
  client_body_temp_path ${folder}/${name}-body;
  proxy_temp_path ${folder}/${name}-proxy;
  fastcgi_temp_path ${folder}/${name}-fastcgi;
  uwsgi_temp_path ${folder}/${name}-uwsgi;
  scgi_temp_path ${folder}/${name}-scgi;
  client_max_body_size 64m;
  client_body_buffer_size 512k;
  keepalive_requests 1000000;`;

function write(folder, name, text) {
  const path = join(folder, `${name}.conf`);
  writeFileSync(path, text);
  return path;
}

export function upstreamConfig(folder, port) {
  const root = join(folder, 'answers');
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'chat.json'), chatJson);
  writeFileSync(join(root, 'responses.sse'), responsesStream());
  writeFileSync(join(root, 'messages.sse'), messagesStream());
  // Static files refuse POST with 405; that status is turned into the file.
  const answer = (path, file, type) => `
    location = ${path} { default_type ${type}; types {} error_page 405 =200 /${file}; root ${root}; try_files /${file} =404; }
    location = /${file} { internal; default_type ${type}; types {} root ${root}; }`;
  return write(
    folder,
    'upstream',
    `${common(folder, 'upstream')}
http {${temporary(folder, 'upstream')}
  open_file_cache max=100;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    ${answer('/v1/chat/completions', 'chat.json', 'application/json')}
    ${answer('/v1/responses', 'responses.sse', 'text/event-stream')}
    ${answer('/v1/messages', 'messages.sse', 'text/event-stream')}
  }
}
`,
  );
}

export function proxyConfig(folder, port, upstreamPort) {
  return write(
    folder,
    'proxy',
    `${common(folder, 'proxy')}
http {${temporary(folder, 'proxy')}
  upstream fast { server 127.0.0.1:${upstreamPort}; keepalive 256; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://fast;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }
  }
}
`,
  );
}
