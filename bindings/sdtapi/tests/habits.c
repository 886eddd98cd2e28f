/* How programs call sdtapi, one habit after the other. Port 1: a reader whose card is laid down again and again; 2: one whose
 * card stays; 3: one that finds it again as it lies there; 4: a serial line with nothing on it; 1001: as 2. The card is
 * synthetic. */
#include "guard.h"

static int (*OpenPort)(int), (*ClosePort)(int), (*Find)(int, void *, int), (*Select)(int, void *, int);
static int (*Read)(int, void *, unsigned *, void *, unsigned *, int);
static int (*ReadFile_)(int, const char *, unsigned *, const char *, unsigned *, int);
static int (*ReadFP)(int, void *, unsigned *, void *, unsigned *, void *, unsigned *, int);
static int (*NewApp)(int, void *, unsigned *, int), (*Status)(int, int), (*Reset)(int, int);
static int (*SamId)(int, void *, int), (*SamText)(int, void *, int), (*MaxRF)(int, unsigned char, int);
static int (*GetBaud)(int, unsigned *), (*SetBaud)(int, unsigned, unsigned), (*Absent)(int, void *, unsigned, int);

static const unsigned char NAME[] = {0x4B, 0x6D, 0xD5, 0x8B, 0x32, 0x75, 0x20, 0};

/* Waits for the card, as every program does. */
static void find(int port, int opens) {
  double begin = seconds();
  int code = 0;
  while ((code = Find(port, NULL, opens)) == 0x80 && seconds() - begin < 10) usleep(50000);
  EQUAL(code, 0x9F);
}

static void lying_still(int port) {
  struct guarded text = guard(256), photo = guard(1024);
  /* The card lies there since it was read: no new customer's, whatever is tried, by this opening or the next. */
  for (int round = 0; round < 3; round++) {
    EQUAL(OpenPort(port), 0x90);
    EQUAL(Find(port, NULL, 0), 0x80);
    EQUAL(Select(port, NULL, 0), 0x81);
    EQUAL(Read(port, text.bytes, NULL, photo.bytes, NULL, 0), 0x41);
    EQUAL(ClosePort(port), 0x90);
  }
  CHECK(text.bytes[0] == 0xEE);
}

static void one_read(int port) {
  struct guarded text = guard(256), photo = guard(1024);
  unsigned text_len = 0, photo_len = 0;
  EQUAL(OpenPort(port), 0x90);
  EQUAL(Status(port, 0), 0x90);
  find(port, 0);
  EQUAL(Select(port, NULL, 0), 0x90);
  EQUAL(Read(port, text.bytes, &text_len, photo.bytes, &photo_len, 0), 0x90);
  CHECK(text_len == 256 && photo_len == 1024 && memcmp(text.bytes, NAME, 8) == 0);
  whole(text), whole(photo);
  EQUAL(ClosePort(port), 0x90);
}

int main(int argc, char **argv) {
  CHECK(argc == 2);
  void *lib = load(argv[1]);
  OpenPort = function(lib, "SDT_OpenPort"), ClosePort = function(lib, "SDT_ClosePort");
  Find = function(lib, "SDT_StartFindIDCard"), Select = function(lib, "SDT_SelectIDCard");
  Read = function(lib, "SDT_ReadBaseMsg"), ReadFile_ = function(lib, "SDT_ReadBaseMsgToFile");
  ReadFP = function(lib, "SDT_ReadBaseFPMsg"), NewApp = function(lib, "SDT_ReadNewAppMsg");
  Status = function(lib, "SDT_GetSAMStatus"), Reset = function(lib, "SDT_ResetSAM");
  SamId = function(lib, "SDT_GetSAMID"), SamText = function(lib, "SDT_GetSAMIDToStr");
  MaxRF = function(lib, "SDT_SetMaxRFByte"), GetBaud = function(lib, "SDT_GetCOMBaud");
  SetBaud = function(lib, "SDT_SetCOMBaud"), Absent = function(lib, "SDT_WriteAppMsg");
  unsigned text_len, photo_len, len;

  /* Ports are probed by opening them: 1001 to 1016, then 1 to 16. No is said fast. */
  int found = 0;
  for (int port = 1002; port <= 1016; port++) {
    double begin = seconds();
    EQUAL(OpenPort(port), 1);
    CHECK(seconds() - begin < 0.15);
  }
  double begin = seconds();
  EQUAL(OpenPort(4), 1);
  if (seconds() - begin >= 0.15) fprintf(stderr, "an empty port took %.3f s\n", seconds() - begin), exit(1);
  for (int port = 1; port <= 16 && !found; port++) found = OpenPort(port) == 0x90 ? port : 0;
  EQUAL(found, 1);
  EQUAL(OpenPort(1), 0x90); /* many never close */
  EQUAL(ClosePort(1), 0x90);
  EQUAL(ClosePort(1), 1);
  int nonsense[] = {0, -1, 17, 1000, 1017, 99999};
  for (int at = 0; at < 6; at++) EQUAL(OpenPort(nonsense[at]), 1);

  /* iIfOpen 0 on a port that isn't open. */
  EQUAL(Status(1, 0), 1);
  EQUAL(Find(1, NULL, 0), 1);

  /* Select and read without a find. */
  struct guarded text = guard(256), photo = guard(1024);
  EQUAL(OpenPort(1), 0x90);
  EQUAL(Select(1, NULL, 0), 0x81);
  EQUAL(Read(1, text.bytes, NULL, photo.bytes, NULL, 0), 0x41);
  EQUAL(ClosePort(1), 0x90);

  /* Everything with iIfOpen 1 and nothing opened, buffers of one byte and of four; what was selected survives. */
  struct guarded one = guard(1), four = guard(4);
  begin = seconds();
  int code = 0;
  while ((code = Find(1, one.bytes, 1)) == 0x80 && seconds() - begin < 10) usleep(200000);
  EQUAL(code, 0x9F);
  EQUAL(Find(1, four.bytes, 1), 0x9F); /* found twice, selected twice */
  EQUAL(Select(1, four.bytes, 1), 0x90);
  EQUAL(Select(1, one.bytes, 1), 0x90);
  EQUAL(Read(1, text.bytes, NULL, photo.bytes, NULL, 1), 0x90);
  CHECK(memcmp(text.bytes, NAME, 8) == 0);
  whole(one), whole(four), whole(text), whole(photo);
  EQUAL(Status(1, 0), 1); /* and nothing is left open */

  /* Opened first, and 1 passed all the same; lengths that come in as anything. */
  EQUAL(OpenPort(1), 0x90);
  find(1, 1);
  EQUAL(Select(1, NULL, 1), 0x90);
  text_len = 3, photo_len = 0xFFFFFFFF;
  EQUAL(Read(1, text.bytes, &text_len, photo.bytes, &photo_len, 1), 0x90);
  CHECK(text_len == 256 && photo_len == 1024);
  EQUAL(Read(1, NULL, &text_len, photo.bytes, &photo_len, 1), 0);
  EQUAL(Status(1, 0), 0x90); /* still open */

  /* Fingerprints first, the plain read when there are none. */
  struct guarded prints = guard(1024);
  find(1, 0);
  EQUAL(Select(1, NULL, 0), 0x90);
  len = 77;
  code = ReadFP(1, text.bytes, &text_len, photo.bytes, &photo_len, prints.bytes, &len, 0);
  if (code != 0x90) EQUAL(Read(1, text.bytes, &text_len, photo.bytes, &photo_len, 0), 0x90);
  else CHECK(len == 0 || len == 512 || len == 1024);
  whole(text), whole(photo), whole(prints);

  /* The additional address: none on this card. */
  struct guarded address = guard(70);
  EQUAL(NewApp(1, address.bytes, &len, 0), 0x91);
  EQUAL(NewApp(1, NULL, &len, 0), 0);
  whole(address);

  /* The module. */
  struct guarded id = guard(16), id_text = guard(40);
  EQUAL(SamId(1, id.bytes, 0), 0x90);
  EQUAL(SamText(1, id_text.bytes, 0), 0x90);
  CHECK(id.bytes[0] == 5 && strlen((char *)id_text.bytes) == 36 && id_text.bytes[37] == 0xEE);
  whole(id), whole(id_text);
  EQUAL(MaxRF(1, 80, 0), 0x90);
  EQUAL(MaxRF(1, 23, 0), 0x21);
  EQUAL(Absent(1, text.bytes, 256, 0), 0x21);
  EQUAL(GetBaud(1, &len), 0x90);
  CHECK(len == 115200);
  EQUAL(SetBaud(1, 115200, 378400), 0x21);

  /* Raw files, where the caller says; 0 when one can't be written. */
  find(1, 0);
  EQUAL(Select(1, NULL, 0), 0x90);
  EQUAL(ReadFile_(1, "wz.txt", &text_len, "zp.wlt", &photo_len, 0), 0x90);
  CHECK(text_len == 256 && photo_len == 1024);
  FILE *file = fopen("wz.txt", "rb");
  unsigned char back[300];
  CHECK(file && fread(back, 1, sizeof back, file) == 256 && memcmp(back, NAME, 8) == 0);
  fclose(file);
  find(1, 0);
  EQUAL(Select(1, NULL, 0), 0x90);
  EQUAL(ReadFile_(1, "/none/wz.txt", &text_len, "zp.wlt", &photo_len, 0), 0);
  EQUAL(ClosePort(1), 0x90);

  /* A card that was read and lies there: on a reader that says so, after a reset, and on one that finds it again. */
  one_read(2);
  lying_still(2);
  EQUAL(Reset(2, 1), 0x90);
  EQUAL(Find(2, NULL, 1), 0x80);
  EQUAL(Find(2, NULL, 1), 0x80);
  one_read(3);
  EQUAL(Find(3, NULL, 1), 0x80);
  EQUAL(Find(3, NULL, 1), 0x80);
  EQUAL(Select(3, NULL, 1), 0x81);
  puts("ok");
  return 0;
}
