/* A program on a USB reader of the guest: `till sdtapi|termb|realname NAME`. C99 and C++. The card is 测试戊's, synthetic. A
 * port on which nothing answers within a tenth of a second is refused, and this machine may be that slow: then it is tried again. */
#include "guard.h"
#include "realname.h"

static void sdtapi(void) {
  void *lib = load("libsdtapi.so");
  int (*Open)(int) = (int (*)(int))function(lib, "SDT_OpenPort"), (*Close)(int) = (int (*)(int))function(lib, "SDT_ClosePort");
  int (*Find)(int, void *, int) = (int (*)(int, void *, int))function(lib, "SDT_StartFindIDCard");
  int (*Select)(int, void *, int) = (int (*)(int, void *, int))function(lib, "SDT_SelectIDCard");
  int (*Read)(int, void *, unsigned *, void *, unsigned *, int) =
      (int (*)(int, void *, unsigned *, void *, unsigned *, int))function(lib, "SDT_ReadBaseMsg");
  struct guarded one = guard(1), four = guard(4), text = guard(256), photo = guard(1024);
  unsigned text_len = 3, photo_len = 0;
  /* iIfOpen 1 on every call, nothing opened; then opened, found and closed. */
  double begin = seconds();
  int code;
  while (((code = Find(1, one.bytes, 1)) == 0x80 || code == 1) && seconds() - begin < 20) usleep(200000);
  EQUAL(code, 0x9F);
  EQUAL(Select(1, four.bytes, 1), 0x90);
  EQUAL(Read(1, text.bytes, &text_len, photo.bytes, &photo_len, 1), 0x90);
  CHECK(text_len == 256 && photo_len == 1024 && memcmp(text.bytes, "\x4B\x6D\xD5\x8B\x0A\x62", 6) == 0);
  whole(one), whole(four), whole(text), whole(photo);
  while ((code = Open(1)) == 1 && seconds() - begin < 20) usleep(200000);
  EQUAL(code, 0x90);
  EQUAL(Find(1, NULL, 0), 0x80); /* read, and lying there */
  EQUAL(Close(1), 0x90);
  EQUAL(Open(2), 1);
}

static void termb(void) {
  void *lib = load("libtermb.so");
  int (*Authenticate)(void) = (int (*)(void))function(lib, "CVR_Authenticate");
  int (*InitComm)(int) = (int (*)(int))function(lib, "CVR_InitComm");
  double begin = seconds();
  int code;
  while ((code = InitComm(1)) == 2 && seconds() - begin < 20) usleep(200000);
  EQUAL(code, 1);
  while ((code = Authenticate()) == 2 && seconds() - begin < 20) usleep(300000);
  EQUAL(code, 1);
  EQUAL(((int (*)(int))function(lib, "CVR_Read_Content"))(4), 1);
  struct guarded name = guard(30);
  int len = 3;
  EQUAL(((int (*)(void *, int *))function(lib, "GetPeopleName"))(name.bytes, &len), 1);
  CHECK(strcmp((char *)name.bytes, "\xB2\xE2\xCA\xD4\xCE\xEC") == 0 && len == 6);
  whole(name);
  FILE *file = fopen("WZ.TXT", "rb");
  char back[64] = "";
  CHECK(file && fread(back, 1, sizeof back - 1, file) > 20 && memcmp(back, "\xB2\xE2\xCA\xD4\xCE\xEC\r\n\xC5\xAE\r\n", 12) == 0);
  fclose(file);
  EQUAL(((int (*)(void))function(lib, "CVR_CloseComm"))(), 1);
}

static void realname(const char *name) {
  rn_reader *reader = NULL;
  char *json = NULL;
  CHECK(rn_reader_list(&json) == RN_OK && strstr(json, name) != NULL);
  rn_string_free(json);
  CHECK(rn_reader_open(name, 0, &reader) == RN_OK);
  CHECK(rn_reader_read(reader, "{\"wait\": 20}", &json) == RN_OK);
  CHECK(strstr(json, "测试戊") != NULL && strstr(json, "119999199001010004") != NULL);
  rn_string_free(json);
  CHECK(rn_reader_read(reader, "{\"wait\": 0}", &json) != RN_OK);
  CHECK(rn_reader_close(reader) == RN_OK);
}

int main(int argc, char **argv) {
  CHECK(argc == 3);
  if (strcmp(argv[1], "sdtapi") == 0) sdtapi();
  else if (strcmp(argv[1], "termb") == 0) termb();
  else realname(argv[2]);
  puts("ok");
  return 0;
}
