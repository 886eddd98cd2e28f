// The shop's database: demands, and what answered them.
import Database from 'better-sqlite3';

export function open(file) {
  const db = new Database(file);
  // As durable as ours; the log's length and the cache as ours, too.
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('wal_autocheckpoint = 16000');
  db.pragma('cache_size = -16384');
  db.exec(`
    CREATE TABLE IF NOT EXISTS demand (
      nonce TEXT PRIMARY KEY, text TEXT NOT NULL, hash TEXT NOT NULL, asked TEXT NOT NULL,
      name TEXT NOT NULL, id_number TEXT NOT NULL, expires_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS answer (nonce TEXT PRIMARY KEY REFERENCES demand (nonce), record TEXT NOT NULL) STRICT;`);
  return db;
}

export class Store {
  constructor(file) {
    this.db = open(file);
    const sql = `SELECT text, hash, asked, name, id_number, expires_at, record FROM demand
      LEFT JOIN answer ON answer.nonce = demand.nonce WHERE demand.nonce = ?`;
    this.find = this.db.prepare(sql);
    this.insert = this.db.prepare('INSERT INTO answer (nonce, record) VALUES (?, ?) ON CONFLICT DO NOTHING');
  }

  pending(nonce) { return this.find.get(nonce); }

  /** True for the one who answers it: committed and synced when this returns. */
  answer(nonce, record) { return this.insert.run(nonce, record).changes === 1; }

  close() { this.db.close(); }
}

/** The same with one transaction for all that wait in one turn of the event loop. */
export class GroupStore extends Store {
  #waiting = [];
  #all = this.db.transaction((batch) => batch.map(([nonce, record]) => super.answer(nonce, record)));

  answer(nonce, record) {
    return new Promise((told, failed) => {
      if (this.#waiting.push([nonce, record, told, failed]) === 1) setImmediate(() => this.#commit());
    });
  }

  #commit() {
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      this.#all.immediate(batch).forEach((won, at) => batch[at][2](won));
    } catch (error) {
      batch.forEach(([, , , failed]) => failed(error));
    }
  }
}
