// Our tokens in strangers' libraries, and theirs here (Node: jose, @sd-jwt/core). See foreign.py, whose counterpart this is.
//
//   node foreign.mjs verify DIR     node foreign.mjs make OUT
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as jose from 'jose';
import { SDJwtInstance } from '@sd-jwt/core';

const vectors = join(dirname(fileURLToPath(import.meta.url)), '../../fixtures/vectors');
const read = (...path) => readFileSync(join(...path), 'utf8').trim();
const sha = (data) => createHash('sha256').update(data).digest();
const digest = (text) => sha(text).toString('base64url');
const part = (token, at) => JSON.parse(Buffer.from(token.split('.')[at], 'base64url'));
const check = (condition, what) => { if (!condition) throw new Error(what); };

async function verify(dir) {
  const [anchor, trust, demand] = [JSON.parse(read(dir, 'anchor.json')), read(dir, 'trust.jwt'), read(dir, 'demand.jwt')];
  const presentation = ['presentation', 'presentation-2'].map((name) => read(dir, name))
    .find((one) => part(one.split('~').at(-1), 1).demand_hash === digest(demand));
  const jwt = async (token, key, typ) => (await jose.jwtVerify(token, await jose.importJWK(key, key.alg ?? 'EdDSA'), { typ })).payload;
  const keys = Object.fromEntries((await jwt(trust, anchor, 'jwk-set+jwt')).keys.map((key) => [key.kid, key]));
  await jwt(demand, keys[part(demand, 0).kid], 'realname-demand+jwt');
  const bound = presentation.split('~').slice(0, -1);
  const header = part(bound[0], 0);
  let key = keys[header.kid];
  for (const statement of header.delegation ?? []) key = (await jwt(statement, key ?? keys[part(statement, 0).kid], 'realname-delegation+jwt')).jwk;
  const payload = await jwt(bound[0], key, 'dc+sd-jwt');
  const kb = await jwt(presentation.split('~').at(-1), payload.cnf.jwk, 'kb+jwt');
  check(kb.sd_hash === digest(bound.join('~') + '~'), 'sd_hash');
  console.log('jose: list, demand, issuer and key-binding JWT verify');
  const raw = (jwk) => async (data, signature) => {
    const imported = await jose.importJWK(jwk, 'EdDSA');
    return crypto.subtle.verify('Ed25519', imported, Buffer.from(signature, 'base64url'), Buffer.from(data));
  };
  const instance = new SDJwtInstance({ hasher: (data) => sha(Buffer.from(data)), hashAlg: 'sha-256', verifier: raw(key), kbVerifier: (data, signature) => raw(payload.cnf.jwk)(data, signature) });
  const found = await instance.verify(presentation, { keyBindingNonce: kb.nonce });
  check(Object.keys(found.payload.verified_claims.claims).length === bound.length - 1, 'claims');
  console.log(`@sd-jwt/core: ${Object.keys(found.payload.verified_claims.claims)} disclosed, key binding verifies`);
}

async function make(out) {
  const now = 1790000000;
  const demand = read(vectors, 'context/demand-1.txt');
  const asked = part(demand, 1);
  const honest = read(vectors, '001-onsite.txt').split('~');
  const header = part(honest[0], 0);
  const seed = (name) => sha('realname TEST key ' + name).toString('base64url');
  const session = { ...part(honest[0], 1).cnf.jwk, d: seed('session') };
  const operator = { ...JSON.parse(read(vectors, 'context/operator.json')), d: seed('operator') };
  const facts = { name: '测试甲', id_number: '119999199001010004', birthdate: '1990-01-01' };
  const open = () => { const p = part(honest[0], 1); delete p.verified_claims.claims._sd; return p; };
  const kbPayload = { iat: now + 21, aud: asked.iss, nonce: asked.nonce, demand_hash: digest(demand) };
  // jose
  const sign = async (payload, head, key) => new jose.SignJWT(payload).setProtectedHeader(head).sign(await jose.importJWK(key, 'EdDSA'));
  const disclosures = Object.entries(facts).map(([name, value]) => Buffer.from(JSON.stringify([randomBytes(16).toString('base64url'), name, value])).toString('base64url'));
  const payload = open();
  payload.verified_claims.claims._sd = disclosures.map(digest).sort();
  const bound = [await sign(payload, header, operator), ...disclosures.slice(0, 2)].join('~') + '~';
  writeFileSync(join(out, 'npm-jose.txt'), bound + await sign({ ...kbPayload, sd_hash: digest(bound) }, { alg: 'EdDSA', typ: 'kb+jwt' }, session));
  // @sd-jwt/core
  const signer = (jwk) => async (data) => {
    const key = await crypto.subtle.importKey('jwk', { ...jwk, key_ops: ['sign'] }, 'Ed25519', false, ['sign']);
    return Buffer.from(await crypto.subtle.sign('Ed25519', key, Buffer.from(data))).toString('base64url');
  };
  const instance = new SDJwtInstance({
    signer: await signer(operator), signAlg: 'EdDSA', kbSigner: await signer(session), kbSignAlg: 'EdDSA',
    hasher: (data) => sha(Buffer.from(data)), hashAlg: 'sha-256', saltGenerator: () => randomBytes(16).toString('base64url'),
  });
  const claims = open();
  delete claims._sd_alg;
  claims.verified_claims.claims = { ...facts };
  const issued = await instance.issue(claims, { verified_claims: { claims: { _sd: Object.keys(facts), _sd_decoy: 7 } } }, { header });
  const presented = await instance.present(issued, { verified_claims: { claims: { name: true, id_number: true } } }, { kb: { payload: kbPayload } });
  writeFileSync(join(out, 'sd-jwt-core.txt'), presented);
  console.log('made by jose, @sd-jwt/core');
}

await { verify, make }[process.argv[2]](process.argv[3]);
