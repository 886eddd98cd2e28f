/* How programs call termb: the vendor's demonstration program, copied so often, gives buffers of 30 bytes and lengths that say
 * anything. Ports as in habits.c. */
#include "guard.h"

typedef int (*getter)(void *, int *);
static void *lib;

static void gbk(const char *name, int len, const char *wanted) {
  struct guarded buffer = guard(30);
  EQUAL(((getter)function(lib, name))(buffer.bytes, &len), 1);
  if (strcmp((char *)buffer.bytes, wanted) != 0 || len != (int)strlen(wanted)) {
    fprintf(stderr, "%s gives %d bytes\n", name, len);
    exit(1);
  }
  whole(buffer);
}

static size_t slurp(const char *name, unsigned char *to, size_t room) {
  FILE *file = fopen(name, "rb");
  if (!file) return 0;
  size_t got = fread(to, 1, room, file);
  fclose(file);
  return got;
}

int main(int argc, char **argv) {
  CHECK(argc == 2);
  lib = load(argv[1]);
  int (*InitComm)(int) = (int (*)(int))function(lib, "CVR_InitComm");
  int (*CloseComm)(void) = (int (*)(void))function(lib, "CVR_CloseComm");
  int (*Authenticate)(void) = (int (*)(void))function(lib, "CVR_Authenticate");
  int (*Content)(int) = (int (*)(int))function(lib, "CVR_Read_Content");
  int (*ReadBase)(void *, int *, void *, int *, int) = (int (*)(void *, int *, void *, int *, int))function(lib, "CVR_ReadBaseMsg");
  getter name = (getter)function(lib, "GetPeopleName"), wide = (getter)function(lib, "GetPeopleNameU");
  struct guarded buffer = guard(30);
  unsigned char file[2048];
  int len = 30;

  /* Nothing open, nothing read. */
  EQUAL(Authenticate(), 0);
  EQUAL(Content(4), 0);
  EQUAL(name(buffer.bytes, &len), 0);
  EQUAL(CloseComm(), 0);
  double begin = seconds();
  EQUAL(InitComm(4), 2);
  CHECK(seconds() - begin < 0.15);
  for (int port = 1002; port <= 1016; port++) EQUAL(InitComm(port), 2);

  EQUAL(InitComm(1), 1);
  begin = seconds();
  int code;
  while ((code = Authenticate()) == 2 && seconds() - begin < 10) usleep(300000);
  EQUAL(code, 1);
  EQUAL(Content(4), 1);
  /* 测试甲, 男, 汉, the address and so on, in GBK. */
  gbk("GetPeopleName", 30, "\xB2\xE2\xCA\xD4\xBC\xD7");
  gbk("GetPeopleSex", 3, "\xC4\xD0");
  gbk("GetPeopleNation", 3, "\xBA\xBA");
  gbk("GetPeopleBirthday", 16, "19900101");
  gbk("GetPeopleIDCode", 36, "119999199001010004");
  gbk("GetPeopleAddress", 70, "\xB2\xE2\xCA\xD4\xCA\xA1\xB2\xE2\xCA\xD4\xCA\xD0\xB2\xE2\xCA\xD4\xC2\xB7\x31\xBA\xC5");
  gbk("GetDepartment", 30, "\xB2\xE2\xCA\xD4\xCA\xD0\xB9\xAB\xB0\xB2\xBE\xD6");
  gbk("GetStartDate", 16, "20200101");
  gbk("GetCertType", 0, " ");
  EQUAL(name(NULL, &len), 0);
  EQUAL(name(buffer.bytes, NULL), 1);
  EQUAL(wide(buffer.bytes, &len), 1);
  CHECK(len == 6 && buffer.bytes[0] == 0x4B && buffer.bytes[1] == 0x6D && !buffer.bytes[6] && !buffer.bytes[7]);
  whole(buffer);
  /* WZ.TXT read back: decoded lines; no picture without a decoder. */
  size_t got = slurp("WZ.TXT", file, sizeof file);
  CHECK(got > 60 && memcmp(file, "\xB2\xE2\xCA\xD4\xBC\xD7\r\n\xC4\xD0\r\n\xBA\xBA\r\n19900101\r\n", 24) == 0);
  CHECK(slurp("ZP.BMP", file, sizeof file) == 0);
  struct guarded id = guard(128);
  int (*SamId)(void *) = (int (*)(void *))function(lib, "CVR_GetSAMID");
  EQUAL(SamId(id.bytes), 1);
  CHECK(strlen((char *)id.bytes) == 36);

  /* The next customer: whatever comes of it, the last one's fields are gone. */
  code = Authenticate();
  EQUAL(code, 2);
  EQUAL(name(buffer.bytes, &len), 0);
  EQUAL(Content(4), 0);
  EQUAL(name(buffer.bytes, &len), 0);
  begin = seconds();
  while ((code = Authenticate()) == 2 && seconds() - begin < 10) usleep(300000);
  EQUAL(code, 1);
  EQUAL(Content(1), 1);
  got = slurp("WZ.TXT", file, sizeof file);
  CHECK(got == 256 && file[0] == 0x4B && file[1] == 0x6D);
  CHECK(slurp("XP.WLT", file, sizeof file) == 1024);
  begin = seconds();
  while ((code = Authenticate()) == 2 && seconds() - begin < 10) usleep(300000);
  struct guarded text = guard(256), photo = guard(1024);
  EQUAL(ReadBase(text.bytes, &len, photo.bytes, NULL, 1), 1);
  CHECK(len == 256 && text.bytes[0] == 0x4B);
  whole(text), whole(photo);

  /* Files turned off: the card is read all the same. */
  remove("WZ.TXT");
  setenv("REALNAME_FILES", "0", 1);
  begin = seconds();
  while ((code = Authenticate()) == 2 && seconds() - begin < 10) usleep(300000);
  EQUAL(Content(4), 1);
  CHECK(slurp("WZ.TXT", file, sizeof file) == 0);
  /* And to another directory. */
  setenv("REALNAME_FILES", "below", 1);
  begin = seconds();
  while ((code = Authenticate()) == 2 && seconds() - begin < 10) usleep(300000);
  EQUAL(Content(2), 1);
  CHECK(slurp("below/WZ.TXT", file, sizeof file) == 256 && slurp("WZ.TXT", file, sizeof file) == 0);
  EQUAL(CloseComm(), 1);
  EQUAL(name(buffer.bytes, &len), 0);

  /* What newer programs import: find and select each by itself, the rate before opening, a reading with prints. */
  int (*Find)(void) = (int (*)(void))function(lib, "CVR_FindCard");
  int (*Select)(void) = (int (*)(void))function(lib, "CVR_SelectCard");
  int (*NoJudge)(void) = (int (*)(void))function(lib, "CVR_AuthenticateForNoJudge");
  int (*FPContent)(void) = (int (*)(void))function(lib, "CVR_Read_FPContent");
  int (*Rate)(int) = (int (*)(int))function(lib, "CVR_SetBaudRate");
  int (*Prints)(void *, int *) = (int (*)(void *, int *))function(lib, "GetFPDate");
  EQUAL(Find(), 0);
  EQUAL(NoJudge(), 0);
  EQUAL(FPContent(), 0);
  EQUAL(Rate(1), 0);
  EQUAL(Rate(-9600), 0);
  /* A rate that the reader doesn't have finds none on a line, and is no matter on USB. A bridge has its own. */
  EQUAL(Rate(9600), 1);
  if (!strstr(getenv("REALNAME_PORTS"), "bridge:")) EQUAL(InitComm(1), 2);
  EQUAL(InitComm(1001), 1);
  EQUAL(Rate(115200), 1);
  EQUAL(InitComm(1), 1);
  setenv("REALNAME_FILES", "", 1);
  begin = seconds();
  while ((code = Find()) == 2 && seconds() - begin < 10) usleep(300000);
  EQUAL(code, 1);
  EQUAL(Select(), 1);
  EQUAL(FPContent(), 1);
  gbk("GetPeopleName", 30, "\xB2\xE2\xCA\xD4\xBC\xD7");
  CHECK(slurp("WZ.TXT", file, sizeof file) > 60);
  remove("WZ.TXT");
  struct guarded prints = guard(1024);
  EQUAL(Prints(prints.bytes, &len), 1);
  CHECK(len == 0 || len == 512 || len == 1024);
  whole(prints);
  /* The next customer's find drops that. */
  EQUAL(Find(), 2);
  EQUAL(name(buffer.bytes, &len), 0);
  EQUAL(Select(), 3);
  begin = seconds();
  while ((code = NoJudge()) == 2 && seconds() - begin < 10) usleep(300000);
  EQUAL(code, 1);
  EQUAL(FPContent(), 1);
  /* It lies there still, and was read. */
  EQUAL(NoJudge(), 2);
  EQUAL(CloseComm(), 1);

  /* The other family under this name. */
  EQUAL(((int (*)(int))function(lib, "InitComm"))(2), 1);
  EQUAL(((int (*)(void))function(lib, "Authenticate"))(), 1);
  EQUAL(((int (*)(int))function(lib, "Read_Content"))(0), 1);
  const char *shown = ((const char *(*)(void))function(lib, "GetName"))();
  CHECK(strcmp(shown, "\xB2\xE2\xCA\xD4\xBC\xD7") == 0);
  /* The card lies there still. */
  EQUAL(((int (*)(void))function(lib, "Authenticate"))(), 0);
  EQUAL(((int (*)(void))function(lib, "CloseComm"))(), 1);
  /* Finds the reader by itself, and says where. */
  EQUAL(((int (*)(void))function(lib, "InitCommExt"))(), 1);
  EQUAL(((int (*)(void))function(lib, "CloseComm"))(), 1);
  puts("ok");
  return 0;
}
