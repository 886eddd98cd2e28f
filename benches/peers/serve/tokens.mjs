// Compact tokens, and the keys behind them.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { promisify } from 'node:util';

const pooled = promisify(verify);

export const sha256 = (data) => createHash('sha256').update(data).digest();
export const digest = (data) => createHash('sha256').update(data).digest('base64url');
export const part = (text) => JSON.parse(Buffer.from(text, 'base64url').toString());
export const importKey = (jwk) => createPublicKey({ key: jwk, format: 'jwk' });

/** Whether that key made that signature over that text: Node's own Ed25519, here or on libuv's threads. */
export const verifier = (pool) => pool
  ? (key, text, signature) => pooled(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'))
  : (key, text, signature) => verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'));

export class Refused extends Error {
  constructor(code) { super(code); this.code = code; }
}

export const must = (condition, code) => { if (!condition) throw new Refused(code); };

/** A JWS of that type by that key: its payload. */
export async function payloadOf(text, typ, key, holds) {
  const [header, payload, signature, rest] = text.split('.');
  const { alg, typ: found } = part(header);
  must(signature && rest === undefined && found === typ && (alg === 'EdDSA' || alg === 'Ed25519'), 'signature_invalid');
  must(await holds(key, `${header}.${payload}`, signature), 'signature_invalid');
  return part(payload);
}

/** Who may attest, by `kid`: a list that the anchor signed. */
export async function trustList(text, anchors, holds) {
  const { kid } = part(text.split('.')[0]);
  const anchor = anchors.find((one) => one.kid === kid);
  must(anchor, 'key_unknown');
  const list = await payloadOf(text, 'jwk-set+jwt', importKey(anchor), holds);
  const attesters = list.keys.filter((key) => (key.role ?? 'attest') === 'attest' && !key.revoked);
  return new Map(attesters.map((key) => [key.kid, { iss: key.iss, nbf: key.nbf, exp: key.exp, key: importKey(key) }]));
}
