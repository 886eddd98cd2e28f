/* A till over librealname: reads a card, answers a demand, verifies the presentation, and does everything wrong that a caller
 * can. C99 and C++.
 *
 *   till READER SANDBOX TURNS  a reader whose card is laid down again and again; one with two cards in turn
 *   till lying READER          a reader whose card stays
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "realname.h"

static void fail(int line, const char *what) {
  rn_error error;
  rn_last_error(&error);
  fprintf(stderr, "till.c:%d: %s (last error: %d %s: %s)\n", line, what, (int)error.status,
          error.code ? error.code : "none", error.text_en ? error.text_en : "");
  exit(1);
}
#define CHECK(what) \
  do { \
    if (!(what)) fail(__LINE__, #what); \
  } while (0)

static char *slurp(const char *dir, const char *name, size_t *len) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", dir, name);
  FILE *file = fopen(path, "rb");
  CHECK(file != NULL);
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  char *text = (char *)malloc((size_t)size + 1);
  CHECK(fread(text, 1, (size_t)size, file) == (size_t)size);
  text[size] = 0;
  fclose(file);
  if (len) *len = (size_t)size;
  return text;
}

/* The value of a text member, as far as a till without a JSON library needs it. */
static char *member(const char *json, const char *name) {
  char key[64];
  snprintf(key, sizeof key, "\"%s\": \"", name);
  const char *at = strstr(json, key);
  CHECK(at != NULL);
  at += strlen(key);
  const char *end = strchr(at, '"');
  CHECK(end != NULL);
  char *text = (char *)calloc(1, (size_t)(end - at) + 1);
  memcpy(text, at, (size_t)(end - at));
  return text;
}

static void *stop(void *reader) {
  usleep(300000);
  CHECK(rn_reader_cancel((rn_reader *)reader) == RN_OK);
  return NULL;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void wrong_calls(void) {
  char *json = NULL;
  rn_reader *reader = NULL;
  rn_error error;
  CHECK(rn_reader_open("/dev/none", 0, &reader) == RN_TROUBLE && reader == NULL);
  CHECK(rn_last_error(&error) == RN_OK && error.status == RN_TROUBLE);
  CHECK(strcmp(error.code, "port_not_found") == 0 && *error.text_zh && *error.action_en && *error.action_zh);
  CHECK(rn_reader_open("/dev/none", 0, NULL) == RN_BAD_ARGUMENT);
  CHECK(rn_reader_open("\xff", 0, &reader) == RN_BAD_ARGUMENT);
  CHECK(rn_reader_read(NULL, NULL, &json) == RN_BAD_HANDLE && json == NULL);
  CHECK(rn_reader_read((rn_reader *)(size_t)0x10, NULL, &json) == RN_BAD_HANDLE);
  CHECK(rn_reader_close((rn_reader *)"not a handle") == RN_BAD_HANDLE);
  CHECK(rn_string_free(NULL) == RN_OK);
  CHECK(rn_string_free((char *)&error) == RN_BAD_ARGUMENT);
  CHECK(rn_last_error(NULL) == RN_BAD_ARGUMENT);
  CHECK(rn_answer(NULL, NULL, "x", NULL, &json) == RN_BAD_HANDLE);
  CHECK(rn_photos_check(NULL, NULL, NULL, &json) == RN_BAD_ARGUMENT);
  rn_trust *trust = NULL;
  CHECK(rn_trust_load("x", "{}", &trust) != RN_OK && trust == NULL);
  CHECK(rn_reader_list(&json) == RN_OK && strstr(json, "\"ports\"") != NULL);
  CHECK(rn_string_free(json) == RN_OK);
  CHECK(rn_string_free(json) == RN_BAD_ARGUMENT);
}

static void read_cards(const char *port) {
  rn_reader *reader = NULL, *again = NULL;
  char *json = NULL;
  CHECK(rn_reader_open(port, 115200, &reader) == RN_OK);
  CHECK(rn_reader_open(port, 115200, &again) == RN_TROUBLE);
  CHECK(rn_reader_probe(reader, &json) == RN_OK && strstr(json, "\"sam_id\"") != NULL);
  rn_string_free(json);
  CHECK(rn_reader_read(reader, "{\"wait\": 10}", &json) == RN_OK);
  CHECK(strstr(json, "测试甲") != NULL && strstr(json, "119999199001010004") != NULL);
  CHECK(rn_string_free(json) == RN_OK);
  CHECK(rn_reader_read(reader, "{\"wait\": \"long\"}", &json) == RN_BAD_ARGUMENT);
  CHECK(rn_reader_read(reader, "{\"wait\": 10}", &json) == RN_OK);
  rn_string_free(json);
  CHECK(rn_reader_close(reader) == RN_OK);
  CHECK(rn_reader_close(reader) == RN_BAD_HANDLE);
  CHECK(rn_reader_probe(reader, &json) == RN_BAD_HANDLE);
}

/* A card that was read and lies there is no new customer's. */
static void lying_card(const char *port) {
  rn_reader *reader = NULL;
  char *json = NULL;
  pthread_t thread;
  CHECK(rn_reader_open(port, 115200, &reader) == RN_OK);
  CHECK(rn_reader_read(reader, NULL, &json) == RN_OK);
  rn_string_free(json);
  double begin = seconds();
  CHECK(rn_reader_read(reader, "{\"wait\": 0.5}", &json) == RN_NO_CARD);
  rn_error error;
  rn_last_error(&error);
  CHECK(strcmp(error.code, "no_card") == 0);
  CHECK(seconds() - begin < 5);
  CHECK(rn_reader_read(reader, "{\"wait\": 5, \"lying_card\": true}", &json) == RN_OK);
  rn_string_free(json);
  begin = seconds();
  CHECK(pthread_create(&thread, NULL, stop, reader) == 0);
  CHECK(rn_reader_read(reader, "{\"wait\": 30}", &json) == RN_CANCELLED);
  CHECK(seconds() - begin < 2);
  pthread_join(thread, NULL);
  /* Cancelled once, usable again. */
  CHECK(rn_reader_probe(reader, &json) == RN_OK);
  rn_string_free(json);
  CHECK(rn_reader_close(reader) == RN_OK);
}

struct seen {
  int ready, cards;
  rn_reader *reader;
};

static void told(const char *event, void *context) {
  struct seen *seen = (struct seen *)context;
  if (strstr(event, "\"reader_ready\"")) seen->ready++;
  if (strstr(event, "\"card_read\"")) {
    char *json = NULL;
    CHECK(strstr(event, "测试") != NULL);
    CHECK(rn_reader_read(seen->reader, NULL, &json) == RN_BUSY);
    if (++seen->cards == 2) CHECK(rn_reader_cancel(seen->reader) == RN_OK);
  }
}

/* May still run while the reader is closed, so it calls nothing on it. */
static void heard(const char *event, void *context) {
  if (strstr(event, "\"reader_ready\"")) ((struct seen *)context)->ready++;
}

static void watch(const char *port) {
  struct seen seen = {0, 0, NULL};
  CHECK(rn_reader_open(port, 115200, &seen.reader) == RN_OK);
  CHECK(rn_reader_watch(seen.reader, NULL, &seen) == RN_BAD_ARGUMENT);
  CHECK(rn_reader_watch(seen.reader, told, &seen) == RN_OK);
  /* Doesn't wait for the first one's end, which only a cancellation would bring. */
  CHECK(rn_reader_watch(seen.reader, told, &seen) == RN_BUSY);
  double begin = seconds();
  char *json = NULL;
  rn_status status = RN_BUSY;
  while ((status = rn_reader_probe(seen.reader, &json)) == RN_BUSY && seconds() - begin < 20) usleep(20000);
  CHECK(status == RN_OK);
  rn_string_free(json);
  CHECK(seen.ready == 1 && seen.cards == 2);
  /* Closing ends a watch, and doesn't wait for a callback that is running: its context outlives this function. */
  static struct seen later;
  CHECK(rn_reader_watch(seen.reader, heard, &later) == RN_OK);
  CHECK(rn_reader_close(seen.reader) == RN_OK);
}

static void whole_story(const char *port, const char *dir) {
  size_t size = 0;
  char *key = slurp(dir, "shop.pem", NULL), *list = slurp(dir, "trust.jwt", NULL), *anchor = slurp(dir, "anchor.json", NULL);
  char *live = slurp(dir, "live.jpg", &size);
  char place[4096], config[8192], *json = NULL, *presentation = NULL;
  rn_store *store = NULL;
  rn_trust *trust = NULL;
  rn_terminal *terminal = NULL;
  rn_reader *reader = NULL;

  snprintf(place, sizeof place, "%s/store", dir);
  CHECK(rn_store_open(place, &store) == RN_OK);
  CHECK(rn_trust_load(list, anchor, &trust) == RN_OK);
  const char *request =
      "{\"iss\": \"https://shop.example\", \"purpose\": \"sim.cancel\", \"number\": \"+8613900000001\","
      " \"expect\": {\"name\": \"测试甲\", \"id_number\": \"119999199001010004\"}, \"checks\": [\"chip\"], \"env\": \"test\"}";
  CHECK(rn_demand_new(store, key, "{\"purpose\": \"sim.cancel\"}", &json) == RN_BAD_ARGUMENT);
  CHECK(rn_demand_new(store, key, request, &json) == RN_OK);
  char *demand = member(json, "demand"), *nonce = member(json, "nonce");
  rn_string_free(json);

  snprintf(config, sizeof config,
           "{\"config\": \"%s/terminal.toml\", \"trust\": \"%s/trust.jwt\", \"anchor\": \"%s/anchor.json\","
           " \"authority\": \"dir:%s/register.json\"}",
           dir, dir, dir, dir);
  CHECK(rn_terminal_open(config, &terminal) == RN_OK);
  CHECK(rn_demand_check(terminal, demand, &json) == RN_OK);
  CHECK(strstr(json, "Shop (TEST)") != NULL && strstr(json, "sim.cancel") != NULL);
  rn_string_free(json);
  CHECK(rn_demand_check(terminal, "not.a.demand", &json) != RN_OK);

  CHECK(rn_reader_open(port, 115200, &reader) == RN_OK);
  const uint8_t *photo = (const uint8_t *)live;
  CHECK(rn_attest(terminal, demand, reader, photo, size, "{\"given\": false}", &presentation) == RN_REFUSED);
  CHECK(rn_attest(terminal, demand, reader, photo, 0, "{\"given\": true}", &presentation) == RN_BAD_ARGUMENT);
  CHECK(rn_attest(terminal, demand, reader, photo, 40, "{\"given\": true}", &presentation) == RN_DAMAGED);
  CHECK(rn_attest(terminal, demand, reader, photo, size, "{\"given\": true}", &presentation) == RN_OK);
  CHECK(rn_reader_close(reader) == RN_OK);

  CHECK(rn_answer(store, trust, "nonsense", NULL, &json) == RN_REFUSED);
  rn_string_free(json);
  CHECK(rn_answer(store, trust, presentation, nonce, &json) == RN_OK);
  CHECK(strstr(json, "\"accepted\"") != NULL && strstr(json, "+8613900000001") != NULL);
  rn_string_free(json);
  CHECK(rn_answer(store, trust, presentation, nonce, &json) == RN_REFUSED);
  CHECK(strstr(json, "already_answered") != NULL);
  rn_string_free(json);
  rn_error error;
  rn_last_error(&error);
  CHECK(error.status == RN_REFUSED && strcmp(error.code, "already_answered") == 0);

  char *record = NULL;
  CHECK(rn_record(store, "none", &record) == RN_REFUSED);
  CHECK(rn_record(store, nonce, &record) == RN_OK);
  CHECK(rn_audit(list, anchor, record, (int64_t)time(NULL) + 1, &json) == RN_OK);
  CHECK(strstr(json, "\"accepted\"") != NULL);
  rn_string_free(json);
  CHECK(rn_audit(list, anchor, record, 1000, &json) == RN_REFUSED);
  CHECK(rn_audit(list, anchor, "{}", (int64_t)time(NULL), &json) == RN_DAMAGED);
  rn_string_free(record);
  rn_string_free(presentation);

  const char *names[3] = {"portrait-side.jpg", "emblem-side.jpg", "holder.jpg"};
  rn_bytes photos[3];
  for (int i = 0; i < 3; i++) photos[i].data = (const uint8_t *)slurp(dir, names[i], &photos[i].len);
  CHECK(rn_photos_check(&photos[0], &photos[1], &photos[2], &json) == RN_OK);
  CHECK(strstr(json, "\"pass\"") != NULL);
  rn_string_free(json);
  CHECK(rn_photos_check(&photos[1], &photos[0], &photos[2], &json) == RN_REFUSED);
  rn_string_free(json);
  for (int i = 0; i < 3; i++) free((void *)photos[i].data);

  CHECK(rn_terminal_close(terminal) == RN_OK);
  CHECK(rn_trust_close(trust) == RN_OK);
  CHECK(rn_store_close(store) == RN_OK);
  CHECK(rn_store_close(store) == RN_BAD_HANDLE);
  free(key), free(list), free(anchor), free(live), free(demand), free(nonce);
}

int main(int argc, char **argv) {
  const char *version = NULL;
  CHECK(rn_version(&version) == RN_OK && version != NULL);
  CHECK(argc >= 3);
  if (strcmp(argv[1], "lying") == 0) {
    lying_card(argv[2]);
  } else {
    wrong_calls();
    read_cards(argv[1]);
    CHECK(argc == 4);
    watch(argv[3]);
    whole_story(argv[1], argv[2]);
  }
  puts("ok");
  return 0;
}
