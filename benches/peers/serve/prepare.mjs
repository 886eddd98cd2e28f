// Puts demands into the shop's database: node prepare.mjs DATABASE < lines of {"demand", "name", "id_number"}
import { createInterface } from 'node:readline';
import { open } from './store.mjs';
import { digest, part } from './tokens.mjs';

const db = open(process.argv[2]);
const insert = db.prepare('INSERT INTO demand VALUES (?, ?, ?, ?, ?, ?, ?)');
const demands = [];
for await (const line of createInterface({ input: process.stdin })) demands.push(JSON.parse(line));
db.transaction(() => {
  for (const { demand, name, id_number } of demands) {
    const asked = part(demand.split('.')[1]);
    const claims = asked.dcql_query.credentials[0].claims.map(({ path }) => path.at(-1));
    const { iss, purpose, env = 'production', iat, exp, nonce, transaction, require = {} } = asked;
    const kept = { iss, purpose, env, iat, exp, transaction, claims, require };
    insert.run(nonce, demand, digest(demand), JSON.stringify(kept), name, id_number, exp);
  }
})();
db.close();
