/* Sequences of calls that make no sense, from four threads: `fuzz READER SANDBOX SECONDS SEED`. Handles that are open, closed,
 * made up or another kind's; texts that are null, empty, damaged. What must hold: no crash, no wrong read (AddressSanitizer),
 * every status is one that the header has, and no call waits for another one that may never come. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "realname.h"

#define POOL 8
static void *volatile pool[POOL];
static const char *port, *sandbox;
static char key[4096], list[65536], anchor[4096], config[8192];
static time_t end;
static unsigned long calls[10];
/* A callback may come after its caller's thread has ended. */
static unsigned seeds[4];
/* What each thread is in, for whoever looks why it doesn't come back. */
static volatile int doing[4] = {-1, -1, -1, -1};

static void stuck(int signal) {
  (void)signal;
  fprintf(stderr, "calls that didn't come back: %d %d %d %d (-1 is none)\n", doing[0], doing[1], doing[2], doing[3]);
  abort();
}

static void slurp(const char *name, char *to, size_t room) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", sandbox, name);
  FILE *file = fopen(path, "rb");
  if (!file) exit(1);
  to[fread(to, 1, room - 1, file)] = 0;
  fclose(file);
}

static void told(const char *event, void *context) {
  (void)event;
  if (rand_r((unsigned *)context) % 3 == 0) rn_reader_cancel((rn_reader *)pool[rand_r((unsigned *)context) % POOL]);
}

static const char *any_text(unsigned *seed) {
  static const char *texts[] = {NULL, "", "{", "{}", "\xff\xfe", "x.y.z", "{\"wait\": 0}", "{\"wait\": 0.05}", "{\"given\": true}",
                                "{\"wait\": -1}", "/dev/none", "usb:", "hid:ffff:ffff", "postgres://", "测试甲"};
  unsigned which = (unsigned)rand_r(seed) % (sizeof texts / sizeof *texts + 4);
  if (which < sizeof texts / sizeof *texts) return texts[which];
  const char *real[] = {key, list, anchor, config};
  return real[which - sizeof texts / sizeof *texts];
}

static void *caller(void *argument) {
  unsigned seed = (unsigned)(size_t)argument, *for_callbacks = &seeds[seed % 4];
  volatile int *now = &doing[seed % 4];
  *for_callbacks = seed ^ 77;
  while (time(NULL) < end) {
    void *handle = pool[rand_r(&seed) % POOL], *made = NULL;
    if (rand_r(&seed) % 10 == 0) handle = (void *)(size_t)(rand_r(&seed) % 4096);
    char *text = NULL;
    char *volatile *out = rand_r(&seed) % 20 ? (char *volatile *)&text : NULL;
    char **place = (char **)out;
    const char *one = any_text(&seed), *two = any_text(&seed);
    rn_status status = RN_OK;
    rn_error error;
    rn_bytes bytes = {(const uint8_t *)list, (size_t)rand_r(&seed) % 200};
    int call = rand_r(&seed) % 20;
    *now = call;
    switch (call) {
      case 0: status = rn_reader_open(rand_r(&seed) % 2 ? port : one, 115200, (rn_reader **)&made); break;
      case 1: status = rn_store_open(sandbox, (rn_store **)&made); break;
      case 2: status = rn_trust_load(rand_r(&seed) % 2 ? list : one, rand_r(&seed) % 2 ? anchor : two, (rn_trust **)&made); break;
      case 3: status = rn_terminal_open(rand_r(&seed) % 2 ? config : one, (rn_terminal **)&made); break;
      case 4: status = rn_reader_probe((rn_reader *)handle, place); break;
      case 5: status = rn_reader_read((rn_reader *)handle, one && strstr(one, "wait") ? one : "{\"wait\": 0.02}", place); break;
      case 6: status = rn_reader_cancel((rn_reader *)handle); break;
      case 7: status = rn_reader_watch((rn_reader *)handle, rand_r(&seed) % 5 ? told : NULL, for_callbacks); break;
      case 8: status = rn_reader_close((rn_reader *)handle); break;
      case 9: status = rn_store_close((rn_store *)handle); break;
      case 10: status = rn_trust_close((rn_trust *)handle); break;
      case 11: status = rn_terminal_close((rn_terminal *)handle); break;
      case 12: status = rn_demand_new((rn_store *)handle, rand_r(&seed) % 2 ? key : one, two, place); break;
      case 13: status = rn_answer((rn_store *)handle, (rn_trust *)pool[rand_r(&seed) % POOL], one, two, place); break;
      case 14: status = rn_record((rn_store *)handle, one, place); break;
      case 15: status = rn_audit(list, anchor, one, 1700000000, place); break;
      case 16: status = rn_demand_check((rn_terminal *)handle, one, place); break;
      case 17: status = rn_attest((rn_terminal *)handle, one, (rn_reader *)pool[rand_r(&seed) % POOL], bytes.data, bytes.len, two, place); break;
      case 18: status = rn_photos_check(&bytes, rand_r(&seed) % 2 ? &bytes : NULL, &bytes, place); break;
      default: status = rn_last_error(&error); if (error.code && !*error.text_en) abort(); break;
    }
    *now = -1;
    if ((int)status < 0 || status > RN_INTERNAL) abort();
    if (status == RN_INTERNAL) fprintf(stderr, "an internal fault\n"), abort();
    __sync_fetch_and_add(&calls[status], 1);
    if (made) {
      /* What it displaces is closed, whatever kind it is, while others may be using it: else a run of minutes is out of files. */
      void *displaced = __atomic_exchange_n(&pool[rand_r(&seed) % POOL], made, __ATOMIC_SEQ_CST);
      rn_reader_close((rn_reader *)displaced), rn_store_close((rn_store *)displaced);
      rn_trust_close((rn_trust *)displaced), rn_terminal_close((rn_terminal *)displaced);
    }
    if (text && rn_string_free(text) != RN_OK) abort();
  }
  return NULL;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  port = argv[1], sandbox = argv[2], end = time(NULL) + atol(argv[3]);
  slurp("shop.pem", key, sizeof key), slurp("trust.jwt", list, sizeof list), slurp("anchor.json", anchor, sizeof anchor);
  snprintf(config, sizeof config,
           "{\"config\": \"%s/terminal.toml\", \"trust\": \"%s/trust.jwt\", \"anchor\": \"%s/anchor.json\","
           " \"authority\": \"dir:%s/register.json\"}",
           sandbox, sandbox, sandbox, sandbox);
  if (chdir(sandbox) != 0) return 1;
  signal(SIGALRM, stuck);
  alarm((unsigned)atol(argv[3]) + 60);
  pthread_t threads[4];
  for (size_t at = 0; at < 4; at++) pthread_create(&threads[at], NULL, caller, (void *)(atol(argv[4]) * 4 + at));
  for (int at = 0; at < 4; at++) pthread_join(threads[at], NULL);
  for (int status = 0; status <= RN_INTERNAL; status++) printf("%d: %lu%s", status, calls[status], status < RN_INTERNAL ? ", " : "\n");
  return 0;
}
