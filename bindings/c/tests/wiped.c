/* A till that reads a card and a presentation and gives every text back: nothing of the person may stay in freed memory.
 *   wiped READER SANDBOX
 *   wiped                 leaves something behind */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "realname.h"

#define CHECK(what) \
  do { \
    if (!(what)) { \
      rn_error error_; \
      rn_last_error(&error_); \
      fprintf(stderr, "wiped.c:%d: %s (%s)\n", __LINE__, #what, error_.code ? error_.code : "none"); \
      exit(1); \
    } \
  } while (0)

/* What this program itself read is its own to wipe. */
static char *slurp(const char *dir, const char *name, size_t *len) {
  static char room[4][1 << 20];
  static int next = 0;
  char path[4096], *text = room[next++ % 4];
  snprintf(path, sizeof path, "%s/%s", dir, name);
  FILE *file = fopen(path, "rb");
  CHECK(file != NULL);
  setvbuf(file, NULL, _IONBF, 0);
  size_t size = fread(text, 1, sizeof room[0] - 1, file);
  text[size] = 0;
  if (len) *len = size;
  fclose(file);
  return text;
}

static int cards = 0;
static void told(const char *event, void *context) {
  (void)context;
  if (strstr(event, "card_read")) __atomic_add_fetch(&cards, 1, __ATOMIC_SEQ_CST);
}

int main(int argc, char **argv) {
  if (argc == 1) {
    /* Something that is left behind on purpose is found. */
    char *left = strdup(strchr(getenv("REALNAME_CANARY"), '|') + 1);
    puts(left);
    free(left);
    return 0;
  }
  CHECK(argc == 3);
  rn_reader *reader = NULL;
  char *json = NULL, *presentation = NULL;
  CHECK(rn_reader_open(argv[1], 115200, &reader) == RN_OK);
  CHECK(rn_reader_read(reader, "{\"wait\": 20}", &json) == RN_OK);
  CHECK(strstr(json, "测试路1号") != NULL);
  CHECK(rn_string_free(json) == RN_OK);
  CHECK(rn_reader_watch(reader, told, NULL) == RN_OK);
  for (int tries = 0; tries < 400 && !__atomic_load_n(&cards, __ATOMIC_SEQ_CST); tries++) usleep(50000);
  CHECK(cards > 0);
  CHECK(rn_reader_cancel(reader) == RN_OK);
  while (rn_reader_probe(reader, &json) == RN_BUSY) usleep(20000);
  rn_string_free(json);

  char place[4096], config[8192];
  rn_store *store = NULL;
  rn_trust *trust = NULL;
  rn_terminal *terminal = NULL;
  size_t size = 0;
  snprintf(place, sizeof place, "%s/store", argv[2]);
  CHECK(rn_store_open(place, &store) == RN_OK);
  char *list = slurp(argv[2], "trust.jwt", NULL), *anchor = slurp(argv[2], "anchor.json", NULL);
  CHECK(rn_trust_load(list, anchor, &trust) == RN_OK);
  const char *request =
      "{\"iss\": \"https://shop.example\", \"purpose\": \"sim.cancel\", \"number\": \"+8613900000001\","
      " \"expect\": {\"name\": \"测试甲\", \"id_number\": \"119999199001010004\"}, \"claims\": [\"name\", \"id_number\"],"
      " \"checks\": [\"chip\"], \"env\": \"test\"}";
  CHECK(rn_demand_new(store, slurp(argv[2], "shop.pem", NULL), request, &json) == RN_OK);
  static char demand[1 << 16];
  char *at = strstr(json, "\"demand\": \"");
  CHECK(at != NULL);
  sscanf(at + strlen("\"demand\": \""), "%65000[^\"]", demand);
  rn_string_free(json);
  snprintf(config, sizeof config,
           "{\"config\": \"%s/terminal.toml\", \"trust\": \"%s/trust.jwt\", \"anchor\": \"%s/anchor.json\","
           " \"authority\": \"dir:%s/register.json\"}",
           argv[2], argv[2], argv[2], argv[2]);
  CHECK(rn_terminal_open(config, &terminal) == RN_OK);
  char *live = slurp(argv[2], "live.jpg", &size);
  CHECK(rn_attest(terminal, demand, reader, (const uint8_t *)live, size, "{\"given\": true}", &presentation) == RN_OK);
  CHECK(rn_answer(store, trust, presentation, NULL, &json) == RN_OK);
  CHECK(strstr(json, "测试甲") != NULL);
  CHECK(rn_string_free(json) == RN_OK && rn_string_free(presentation) == RN_OK);
  rn_reader_close(reader), rn_terminal_close(terminal), rn_trust_close(trust), rn_store_close(store);
  puts("ok");
  return 0;
}
