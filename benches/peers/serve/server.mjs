// node server.mjs DATABASE TRUST ANCHOR TOKEN [--group] [--pool]
// The first line on standard output is the address, as with `realname serve`. The token is a file's.
import Fastify from 'fastify';
import { timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Decider } from './decide.mjs';
import { GroupStore, Store } from './store.mjs';
import { sha256, trustList, verifier } from './tokens.mjs';

const [database, trust, anchor, token, ...ways] = process.argv.slice(2);
const read = (file) => readFileSync(file, 'utf8').trim();
const holds = verifier(ways.includes('--pool'));
const anchors = JSON.parse(read(anchor));
const store = ways.includes('--group') ? new GroupStore(database) : new Store(database);
const decider = new Decider(await trustList(read(trust), [anchors].flat(), holds), store, holds);
const known = sha256(read(token));

const app = Fastify({
  logger: { level: 'info', file: '/dev/stderr' }, disableRequestLogging: true, bodyLimit: 66 * 1024, requestTimeout: 30_000,
});
app.addHook('onRequest', async (request, reply) => {
  const [scheme, secret = ''] = (request.headers.authorization ?? '').split(' ');
  if (scheme !== 'Bearer' || !timingSafeEqual(sha256(secret), known)) {
    return reply.code(401).send({ error: { code: 'token_refused' } });
  }
});
app.addHook('onResponse', async (request, reply) => {
  const { method, id, routeOptions: { url } } = request;
  request.log.info({ request_id: id, method, route: url, status: reply.statusCode, took_ms: reply.elapsedTime }, 'request');
});
const body = {
  type: 'object', required: ['presentation'], additionalProperties: false,
  properties: { presentation: { type: 'string', maxLength: 65536 } },
};
app.post('/v1/presentations', { schema: { body } }, (request) => decider.decide(request.body.presentation));

console.log(`listening on ${await app.listen({ host: '127.0.0.1', port: 0 })}`);
process.on('SIGTERM', async () => { await app.close(); store.close(); });
