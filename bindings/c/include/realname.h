/* realname: proves, with a signature, that a person was checked against a real identity document.
 *
 * Every function returns rn_status; what it gives goes through its last parameter. Texts are UTF-8 and end with a NUL.
 * Values are JSON, the same that the command line prints with --json. Any function may be called from any thread; two
 * threads with one handle take turns. Texts that a function gives are freed with rn_string_free, which wipes them.
 * What a status means and what to do next: rn_last_error, docs/codes.md. */

#ifndef REALNAME_H
#define REALNAME_H

/* Written by cbindgen from bindings/c/src: bindings/c/header.sh. */

#include <stddef.h>
#include <stdint.h>

// How a call ended. The numbers never change their meaning.
typedef enum rn_status {
  // Done; what was asked about is accepted.
  RN_OK = 0,
  // The answer is no, including anything wrong with keys and trust.
  RN_REFUSED = 1,
  // An argument is null, no UTF-8, no JSON, or out of its range.
  RN_BAD_ARGUMENT = 2,
  // A device, a file, the network, a register or a store made trouble: nothing was decided.
  RN_TROUBLE = 3,
  // What was handed in is damaged or not what it claims to be.
  RN_DAMAGED = 4,
  // The handle is none of this kind, or was closed.
  RN_BAD_HANDLE = 5,
  // No card was laid down in time; one that was read before and not lifted is none.
  RN_NO_CARD = 6,
  // Another thread stopped it.
  RN_CANCELLED = 7,
  // The reader is being watched.
  RN_BUSY = 8,
  // A fault of this library; the reader that was used is closed.
  RN_INTERNAL = 9,
} rn_status;

// A reader.
typedef struct rn_reader rn_reader;

// A store.
typedef struct rn_store rn_store;

// A terminal.
typedef struct rn_terminal rn_terminal;

// A trust list with its anchors.
typedef struct rn_trust rn_trust;

// Why the last call of this thread didn't end in RN_OK. The texts are the library's: they hold until this thread's next call
// that fails. None of them holds a personal value.
typedef struct rn_error {
  // What the call returned; RN_OK, and no text, when none has failed on this thread.
  enum rn_status status;
  // The stable code: docs/codes.md.
  const char *code;
  // What happened.
  const char *text_en;
  // The same in Chinese.
  const char *text_zh;
  // What to do next.
  const char *action_en;
  // The same in Chinese.
  const char *action_zh;
  // More, as JSON: a refusal with all its checks. Null when there isn't more.
  const char *details;
} rn_error;

// Bytes that the caller owns.
typedef struct rn_bytes {
  // Where they are.
  const uint8_t *data;
  // How many.
  size_t len;
} rn_bytes;

// Told of one event: the JSON that `reader watch --json` prints, which is the library's and holds during the call. It may
// call any function of this library.
typedef void (*rn_watch_callback)(const char *event_json, void *context);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Tells why the last call of this thread that failed did.
enum rn_status rn_last_error(struct rn_error *error);

// Lists the ports where a reader may be: what `reader list --json` prints.
enum rn_status rn_reader_list(char **json);

// Opens a reader: a serial port (`/dev/ttyUSB0`, `COM3`), `usb:0400:c35a`, `hid:0400:c35a`, or `bridge:127.0.0.1:7890`, the reader
// of a `realname bridge` that runs on this machine, which other programs and pages use, too; null is the only reader there is.
// `baud` 0 looks for the line's rate.
enum rn_status rn_reader_open(const char *name,
                              uint32_t baud,
                              struct rn_reader **reader);

// Asks whether the reader is there and who it is: what `reader probe --json` prints.
enum rn_status rn_reader_probe(struct rn_reader *reader, char **json);

// Waits for a card that is laid down for this reading, and reads it: what `reader read --json` prints. `options_json` may be
// null: `{"wait": 10, "fingerprint": false, "lying_card": false, "confirm": "until_trusted"}`. `wait` is in seconds;
// `lying_card` reads a card again that wasn't lifted; `confirm` is also `in_doubt` or `always`.
enum rn_status rn_reader_read(struct rn_reader *reader,
                              const char *options_json,
                              char **json);

// Stops what the reader does now, and its watch. From any thread; an idle reader isn't touched.
enum rn_status rn_reader_cancel(struct rn_reader *reader);

// Closes the reader. What it does is stopped, the port is free and no thread is left when this returns; only a callback that
// is running isn't waited for, because it may wait for this very thread. So its context may be freed after a close only when no
// callback can be running: rn_reader_watch says how to know.
enum rn_status rn_reader_close(struct rn_reader *reader);

// Opens a store: a directory, which is made when it is absent, or a `postgres://` URL.
enum rn_status rn_store_open(const char *place, struct rn_store **store);

// Closes a store.
enum rn_status rn_store_close(struct rn_store *store);

// Verifies a trust list (its text) against an anchor file (its text). The store of the first answer remembers its sequence and
// refuses an older one from then on.
enum rn_status rn_trust_load(const char *list,
                             const char *anchor,
                             struct rn_trust **trust);

// Closes a trust list.
enum rn_status rn_trust_close(struct rn_trust *trust);

// Signs a demand and remembers it: what `demand new --json` prints, and the demand itself as `demand`. `key` is PKCS#8 PEM
// text, a file's path, or `pkcs11:…`, a key in a token (docs/cli.md has the form and its variables). `request_json` has the
// members iss, purpose, number, action, region, text, claims, checks, expect (name, id_number), locality, max_age, terminal, ttl, env;
// the first two are needed.
enum rn_status rn_demand_new(struct rn_store *store,
                             const char *key,
                             const char *request_json,
                             char **json);

// Decides on a presentation, once for each demand: what `verify --json` prints. RN_OK is accepted, RN_REFUSED refused, and in
// both cases `json` says why; whatever else is returned, nothing was decided and `json` isn't touched. `nonce` may be null:
// the demand that the presentation names is meant.
enum rn_status rn_answer(struct rn_store *store,
                         struct rn_trust *trust,
                         const char *presentation,
                         const char *nonce,
                         char **json);

// The record that the store keeps of an accepted answer: what `verify --record` writes, for rn_audit. RN_REFUSED when nothing
// was accepted for this nonce.
enum rn_status rn_record(struct rn_store *store,
                         const char *nonce,
                         char **record);

// Judges a record as of a time, in seconds since 1970: what `verify --audit --json` prints. Answers nothing, changes nothing.
// Returns as rn_answer does.
enum rn_status rn_audit(const char *list,
                        const char *anchor,
                        const char *record,
                        int64_t at,
                        char **json);

// Wipes and frees a text that a function gave. Null is nothing to free; a text that isn't the library's, or was freed before,
// is RN_BAD_ARGUMENT.
enum rn_status rn_string_free(char *text);

// The version of this library, as a text that is its own and isn't freed.
enum rn_status rn_version(const char **version);

// Opens a terminal. `config` is the path of a configuration (the keys of `attest --config`, and `trust`, `anchor`,
// `authority`), or a JSON object that names it and those three: `{"config": "terminal.toml", "trust": "trust.jwt",
// "anchor": "anchor.json", "authority": "dir:register.json"}`.
enum rn_status rn_terminal_open(const char *config,
                                struct rn_terminal **terminal);

// Closes a terminal.
enum rn_status rn_terminal_close(struct rn_terminal *terminal);

// Who asks, for what, and what would be disclosed, verified: what `demand check --json` prints. For showing it to the person
// before anything is read.
enum rn_status rn_demand_check(struct rn_terminal *terminal,
                               const char *demand,
                               char **json);

// Checks the person at this terminal (card, live photo, register) and answers the demand with a presentation. `live` is the
// photo taken on the spot, as JPEG, PNG or WebP. `consent_json` is `{"given": true}` when the person agreed to what
// rn_demand_check told; `text` in it is what they were shown, when that isn't the configuration's. Of a refusal
// rn_last_error's details have all checks.
enum rn_status rn_attest(struct rn_terminal *terminal,
                         const char *demand,
                         struct rn_reader *reader,
                         const uint8_t *live,
                         size_t len,
                         const char *consent_json,
                         char **presentation);

// Looks at the three photos of an online sale (portrait side, emblem side, holder): what `capture check --json` prints. RN_OK:
// they can be used. RN_REFUSED: they don't pass, and `json` says why.
enum rn_status rn_photos_check(const struct rn_bytes *portrait,
                               const struct rn_bytes *emblem,
                               const struct rn_bytes *holder,
                               char **json);

// Watches the reader from a thread of the library's and tells the callback what happens, card after card, through unplugging
// and back, until rn_reader_cancel or rn_reader_close. It returns at once. While it watches the reader does nothing else
// (RN_BUSY). The callback returns nothing: stopping is a call. `context` is handed to it as it is, and must stay there while a
// callback may run: after rn_reader_cancel that is until another call on this reader, such as rn_reader_probe, no longer gives RN_BUSY.
enum rn_status rn_reader_watch(struct rn_reader *reader,
                               rn_watch_callback callback,
                               void *context);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* REALNAME_H */
