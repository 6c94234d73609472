// Loaded into a program before anything else: writes down every attempt to leave the machine, and lets none succeed.
'use strict';
const { appendFileSync } = require('node:fs');
const dgram = require('node:dgram');
const dns = require('node:dns');
const net = require('node:net');

const log = process.env.NETWORK_GUARD_LOG;
const isHere = (host) =>
  host === undefined ||
  host === 'localhost' ||
  host === '::1' ||
  host.startsWith('127.') ||
  host === '::ffff:127.0.0.1';

function caught(what) {
  appendFileSync(log, `${what}\n`);
  return Object.assign(new Error(`not from here: ${what}`), { code: 'ENETUNREACH' });
}

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function guarded(...given) {
  const options = Array.isArray(given[0])
    ? given[0][0]
    : typeof given[0] === 'object'
      ? given[0]
      : { port: given[0], host: given[1] };
  if (options.path !== undefined || isHere(options.host)) return connect.apply(this, given);
  process.nextTick(() => this.destroy(caught(`connect ${options.host}:${options.port}`)));
  return this;
};

const { lookup } = dns;
dns.lookup = function guarded(host, ...rest) {
  if (isHere(host)) lookup.call(dns, host, ...rest);
  else process.nextTick(() => rest.at(-1)(caught(`lookup ${host}`)));
};
dns.promises.lookup = async (host) => {
  throw caught(`lookup ${host}`);
};
for (const name of Object.keys(dns).filter((each) => each.startsWith('resolve'))) {
  dns[name] = (host, ...rest) => process.nextTick(() => rest.at(-1)(caught(`${name} ${host}`)));
}
dgram.Socket.prototype.send = function guarded() {
  throw caught('datagram');
};
