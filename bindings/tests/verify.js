// Verifies a presentation over librealname: `verify.js STORE TRUST ANCHOR PRESENTATION`, the verdict on standard output.
const fs = require('fs');
const koffi = require('koffi');

const lib = koffi.load(process.env.REALNAME_LIBRARY || 'librealname.so');
const storeOpen = lib.func('int rn_store_open(const char *place, _Out_ void **store)');
const storeClose = lib.func('int rn_store_close(void *store)');
const trustLoad = lib.func('int rn_trust_load(const char *list, const char *anchor, _Out_ void **trust)');
const trustClose = lib.func('int rn_trust_close(void *trust)');
const answer = lib.func('int rn_answer(void *store, void *trust, const char *presentation, const char *nonce, _Out_ void **json)');
const stringFree = lib.func('int rn_string_free(void *text)');

const taken = (text) => {
  const value = koffi.decode(text[0], 'char', -1);
  stringFree(text[0]);
  return value;
};

const [place, list, anchor, file] = process.argv.slice(2);
const text = (name) => fs.readFileSync(name, 'utf8');
const [store, trust, json] = [[null], [null], [null]];
if (storeOpen(place, store) !== 0 || trustLoad(text(list), text(anchor), trust) !== 0) process.exit(3);
const verdict = answer(store[0], trust[0], text(file), null, json);
console.log(taken(json));
// One that was answered is answered once.
if (answer(store[0], trust[0], text(file), null, json) !== 1 || !taken(json).includes('already_answered')) process.exit(4);
process.exit(storeClose(store[0]) + trustClose(trust[0]) + verdict);
