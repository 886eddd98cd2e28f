/* How long a card takes through sdtapi on a line at 115200, beside the line's own time: `pace LIBRARY ROUNDS`, port 1 a reader in
 * software that is paced. The best round counts: what else the machine does is no matter of the library. */
#include "guard.h"

int main(int argc, char **argv) {
  CHECK(argc == 3);
  void *lib = load(argv[1]);
  int (*Open)(int) = (int (*)(int))function(lib, "SDT_OpenPort"), (*Close)(int) = (int (*)(int))function(lib, "SDT_ClosePort");
  int (*Find)(int, void *, int) = (int (*)(int, void *, int))function(lib, "SDT_StartFindIDCard");
  int (*Select)(int, void *, int) = (int (*)(int, void *, int))function(lib, "SDT_SelectIDCard");
  int (*Read)(int, void *, void *, void *, void *, int) = (int (*)(int, void *, void *, void *, void *, int))function(lib, "SDT_ReadBaseMsg");
  unsigned char text[256], photo[1024];
  double best = 10;
  for (int round = 0; round < atoi(argv[2]); round++) {
    /* The card is laid down again 2 s after it was read; its absence is seen once, as by any program that polls. */
    usleep(1700000);
    EQUAL(Open(1), 0x90);
    int code = Find(1, NULL, 0);
    Close(1);
    CHECK(code == 0x80 || round == 0);
    usleep(code == 0x80 ? 700000 : 0);
    double begin = seconds();
    EQUAL(Open(1), 0x90);
    EQUAL(Find(1, NULL, 0), 0x9F);
    EQUAL(Select(1, NULL, 0), 0x90);
    EQUAL(Read(1, text, NULL, photo, NULL, 0), 0x90);
    EQUAL(Close(1), 0x90);
    double took = seconds() - begin;
    if (took < best) best = took;
  }
  /* Bytes of question and answer: module's number (asked for at each opening), find, select, read. */
  double wire = (10 + 27 + 10 + 15 + 10 + 19 + 10 + 1295) * 10 / 115200.0;
  printf("%.1f ms, the line's own time %.1f ms: %.3f times\n", best * 1e3, wire * 1e3, best / wire);
  return 0;
}
