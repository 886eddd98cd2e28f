/* A till over termb.dll, with the buffers of 30 bytes and the lengths of the vendor's demonstration: `termb.exe PORT`. Then the file
 * that was written, and WltRS.dll over it. */
#include "calls.h"

typedef int(WINAPI *none)(void);
typedef int(WINAPI *one)(int);
typedef int(WINAPI *getter)(void *, int *);
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

int main(int argc, char **argv) {
  CHECK(argc == 2);
  int port = atoi(argv[1]), code;
  lib = load("termb.dll");
  one init = (one)function(lib, "CVR_InitComm"), content = (one)function(lib, "CVR_Read_Content");
  none close = (none)function(lib, "CVR_CloseComm"), authenticate = (none)function(lib, "CVR_Authenticate");
  EQUAL(authenticate(), 0);
  EQUAL(init(1001), 2);
  EQUAL(init(port), 1);
  DWORD begin = GetTickCount();
  while ((code = authenticate()) == 2 && GetTickCount() - begin < 10000) Sleep(300);
  CHECK(code == 1);
  EQUAL(content(4), 1);
  gbk("GetPeopleName", 30, "\xB2\xE2\xCA\xD4\xBC\xD7");
  gbk("GetPeopleSex", 3, "\xC4\xD0");
  gbk("GetPeopleNation", 3, "\xBA\xBA");
  gbk("GetPeopleBirthday", 16, "19900101");
  gbk("GetPeopleIDCode", 36, "119999199001010004");
  struct guarded wide = guard(30);
  int len = 30;
  EQUAL(((getter)function(lib, "GetPeopleNameU"))(wide.bytes, &len), 1);
  CHECK(wcscmp((wchar_t *)wide.bytes, L"\x6D4B\x8BD5\x7532") == 0);
  whole(wide);
  unsigned char text[256];
  FILE *file = fopen("WZ.TXT", "rb");
  CHECK(file && fread(text, 1, sizeof text, file) > 60 && memcmp(text, "\xB2\xE2\xCA\xD4\xBC\xD7\r\n", 8) == 0);
  fclose(file);
  EQUAL(authenticate(), 2); /* the same card still lies there, or none */
  EQUAL(((getter)function(lib, "GetPeopleName"))(wide.bytes, &len), 0);
  begin = GetTickCount();
  while ((code = authenticate()) == 2 && GetTickCount() - begin < 10000) Sleep(300);
  CHECK(code == 1);
  EQUAL(content(2), 1);
  EQUAL(close(), 1);
  EQUAL(close(), 0);
  /* The names of newer programs. */
  none find = (none)function(lib, "CVR_FindCard"), select = (none)function(lib, "CVR_SelectCard");
  none prints = (none)function(lib, "CVR_Read_FPContent"), judge = (none)function(lib, "CVR_AuthenticateForNoJudge");
  EQUAL(((one)function(lib, "CVR_SetBaudRate"))(115200), 1);
  EQUAL(init(port), 1);
  begin = GetTickCount();
  while ((code = find()) == 2 && GetTickCount() - begin < 10000) Sleep(300);
  CHECK(code == 1);
  EQUAL(select(), 1);
  EQUAL(prints(), 1);
  gbk("GetPeopleName", 30, "\xB2\xE2\xCA\xD4\xBC\xD7");
  EQUAL(judge(), 2);
  EQUAL(close(), 1);
  EQUAL(((none)function(lib, "InitCommExt"))() > 0, 1);
  EQUAL(((none)function(lib, "CloseComm"))(), 1);

  /* The photo, through a decoder that is a stand-in: our program's own standard input and output. */
  int(WINAPI *bmp)(const char *, int) = (int(WINAPI *)(const char *, int))function(load("WltRS.dll"), "GetBmp");
  EQUAL(bmp("XP.WLT", 1), -5);
  SetEnvironmentVariableA("REALNAME_WLT_DECODER", "decoder.exe");
  EQUAL(bmp("XP.WLT", 1), 1);
  file = fopen("XP.bmp", "rb");
  CHECK(file && fseek(file, 0, SEEK_END) == 0 && ftell(file) == 38862);
  fclose(file);
  puts("ok");
  return 0;
}
