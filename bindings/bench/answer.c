/* What one rn_answer takes: `answer STORE TRUST ANCHOR PRESENTATION CALLS` prints microseconds, the median of nine rounds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "realname.h"

static char *slurp(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) exit(1);
  char *text = calloc(1, 1 << 20);
  fread(text, 1, (1 << 20) - 1, file);
  fclose(file);
  return text;
}
static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
static int by_size(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return left < right ? -1 : left > right;
}

int main(int argc, char **argv) {
  if (argc != 6) return 1;
  rn_store *store = NULL;
  rn_trust *trust = NULL;
  char *presentation = slurp(argv[4]), *json = NULL;
  int calls = atoi(argv[5]);
  if (rn_store_open(argv[1], &store) != RN_OK || rn_trust_load(slurp(argv[2]), slurp(argv[3]), &trust) != RN_OK) return 1;
  double rounds[9];
  for (int round = 0; round < 9; round++) {
    double begin = seconds();
    for (int call = 0; call < calls; call++) {
      if (rn_answer(store, trust, presentation, NULL, &json) != RN_REFUSED || !strstr(json, "already_answered")) return 1;
      rn_string_free(json);
    }
    rounds[round] = (seconds() - begin) * 1e6 / calls;
  }
  qsort(rounds, 9, sizeof rounds[0], by_size);
  printf("%.2f\n", rounds[4]);
  return 0;
}
