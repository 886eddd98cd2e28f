// One presentation: verified, compared with its demand, recorded, and then told.
import { SDJwtInstance } from '@sd-jwt/core';
import { timingSafeEqual } from 'node:crypto';
import { digest, importKey, must, part, payloadOf, Refused, sha256 } from './tokens.mjs';

const SKEW = 60;
/** Statements that are remembered at most, as ours. */
const STATEMENTS = 4096;
const same = (one, other) => timingSafeEqual(sha256(one), sha256(other));

export class Decider {
  #trust; #store; #holds; #sdJwt;
  #statements = new Map();

  constructor(trust, store, holds) {
    this.#trust = trust;
    this.#store = store;
    this.#holds = holds;
    this.#sdJwt = new SDJwtInstance({
      hashAlg: 'sha-256',
      hasher: (data) => sha256(data),
      verifier: (text, signature, { key }) => holds(key, text, signature),
      kbVerifier: (text, signature, payload) => holds(importKey(payload.cnf.jwk), text, signature),
    });
  }

  /** A delegation whose signature held. It comes again with each presentation of its terminal, so it is verified once, as by ours. */
  async #statement(text, root) {
    let held = this.#statements.get(text);
    if (!held) {
      const said = await payloadOf(text, 'realname-delegation+jwt', root.key, this.#holds);
      const { crv, kty, x } = said.jwk;
      held = { ...said, kid: digest(JSON.stringify({ crv, kty, x })), key: importKey(said.jwk) };
      if (this.#statements.size >= STATEMENTS) this.#statements.clear();
      this.#statements.set(text, held);
    }
    return held;
  }

  /** The key that must have signed: a listed one, or one that a listed one delegated to. */
  async #signer(header, now) {
    const [statement, second] = header.delegation ?? [];
    const kid = statement ? part(statement.split('.')[0]).kid : header.kid;
    const root = this.#trust.get(kid);
    must(root && root.nbf <= now && now < root.exp, 'key_unknown');
    if (!statement) return { key: root.key, iss: root.iss };
    must(second === undefined, 'delegation_chain_too_long');
    const said = await this.#statement(statement, root);
    must(said.iat <= now && now < said.exp, 'delegation_expired');
    must(said.kid === header.kid, 'delegation_link');
    return { key: said.key, iss: root.iss, constraints: said.constraints };
  }

  async decide(presentation) {
    const now = Math.floor(Date.now() / 1000);
    try {
      return await this.#decide(presentation, now);
    } catch (error) {
      return { verdict: 'refused', reasons: [{ code: error instanceof Refused ? error.code : 'malformed' }] };
    }
  }

  async #decide(presentation, now) {
    const first = presentation.indexOf('~');
    const last = presentation.lastIndexOf('~');
    must(first > 0, 'malformed');
    const [issued, bound] = [presentation.slice(0, first), presentation.slice(last + 1)];
    const answers = part(bound.split('.')[1]);
    const pending = this.#store.pending(String(answers.nonce));
    must(pending, 'demand_unknown');
    must(now < pending.expires_at, 'demand_expired');
    must(pending.record === null, 'already_answered');
    const asked = JSON.parse(pending.asked);

    const header = part(issued.slice(0, issued.indexOf('.')));
    must(header.typ === 'dc+sd-jwt' && (header.alg === 'EdDSA' || header.alg === 'Ed25519'), 'signature_invalid');
    const signer = await this.#signer(header, now);
    const options = { keyBindingNonce: answers.nonce, skewSeconds: SKEW, key: signer.key };
    const { payload, kb } = await this.#sdJwt.verify(presentation, options);

    must(kb.payload.aud === asked.iss, 'audience_mismatch');
    must(kb.payload.demand_hash === pending.hash, 'demand_hash_mismatch');
    must(kb.payload.iat >= asked.iat - SKEW && kb.payload.iat < asked.exp + SKEW, 'key_binding_time');
    must(payload.iss === signer.iss && payload.vct === 'urn:realname:attestation:1', 'key_other_issuer');
    must(Number.isInteger(payload.exp) && Number.isInteger(payload.iat), 'time_missing');

    const { realname, verified_claims: { verification, claims } } = payload;
    const checked = Math.floor(Date.parse(verification.time) / 1000);
    const { terminal, env } = signer.constraints ?? {};
    must(env === undefined || env === realname.env, 'delegation_exceeded');
    must(terminal === undefined || terminal === realname.terminal.id, 'delegation_exceeded');
    must(realname.env === asked.env && realname.acting === 'self', 'env_mismatch');
    must(realname.purposes.includes(asked.purpose), 'purpose_not_consented');
    const { checks = [], locality, max_age, after_demand } = asked.require;
    const outcomes = new Map(realname.checks.map(({ check, outcome }) => [check, outcome]));
    for (const check of checks) must(outcomes.get(check) === 'pass', 'check_not_passed');
    must(locality === undefined || locality === verification.assurance_level, 'locality');
    must(max_age === undefined || now - checked <= max_age, 'too_old');
    must(!after_demand || checked >= asked.iat, 'checked_before_demand');
    for (const claim of asked.claims) must(claims[claim] !== undefined, 'claim_missing');
    must(same(claims.name, pending.name) && same(claims.id_number, pending.id_number), 'holder_mismatch');

    const shown = {
      verdict: 'accepted', reasons: [], checks: realname.checks, issuer: payload.iss, assurance: verification.assurance_level,
      verified_at: verification.time, age: now - checked, policy: realname.policy, terminal: realname.terminal,
    };
    const record = JSON.stringify({
      v: 1, accepted_at: new Date(now * 1000).toISOString(), verdict: shown, token: `${issued}~${bound}`,
      sd_hash: kb.payload.sd_hash, presentation_sha256: digest(presentation), demand: pending.text,
    });
    must(await this.#store.answer(answers.nonce, record), 'already_answered');
    return { ...shown, claims, nonce: answers.nonce, transaction: asked.transaction, env: asked.env };
  }
}
