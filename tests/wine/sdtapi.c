/* A till over sdtapi.dll: `sdtapi.exe PORT EMPTY`. The reader on PORT has a card that is laid down again and again; on EMPTY there is
 * nothing. The card is synthetic. */
#include "calls.h"

typedef int(WINAPI *one)(int);
typedef int(WINAPI *two)(int, int);
typedef int(WINAPI *buffer)(int, void *, int);
typedef int(WINAPI *read_)(int, void *, unsigned *, void *, unsigned *, int);
typedef int(WINAPI *rate)(int, unsigned *);

static const unsigned char NAME[] = {0x4B, 0x6D, 0xD5, 0x8B, 0x32, 0x75, 0x20, 0};

int main(int argc, char **argv) {
  CHECK(argc == 3);
  int port = atoi(argv[1]), empty = atoi(argv[2]), code = 0;
  void *lib = load("sdtapi.dll");
  one open = (one)function(lib, "SDT_OpenPort"), close = (one)function(lib, "SDT_ClosePort");
  buffer find = (buffer)function(lib, "SDT_StartFindIDCard"), select = (buffer)function(lib, "SDT_SelectIDCard");
  read_ read = (read_)function(lib, "SDT_ReadBaseMsg"), to_file = (read_)function(lib, "SDT_ReadBaseMsgToFile");
  struct guarded text = guard(256), photo = guard(1024), four = guard(4), single = guard(1), id = guard(40);
  unsigned text_len = 0, photo_len = 0;

  /* Tills try the numbers of USB readers first. Nothing is there, and no is said fast. */
  DWORD begin = GetTickCount();
  for (int usb = 1001; usb <= 1016; usb++) EQUAL(open(usb), 1);
  EQUAL(open(empty), 1);
  printf("17 empty ports in %lu ms\n", GetTickCount() - begin);
  CHECK(GetTickCount() - begin < 17 * 150);

  begin = GetTickCount();
  EQUAL(open(port), 0x90);
  while ((code = find(port, single.bytes, 0)) == 0x80 && GetTickCount() - begin < 10000) Sleep(50);
  CHECK(code == 0x9F);
  EQUAL(find(port, four.bytes, 0), 0x9F);
  begin = GetTickCount();
  EQUAL(select(port, four.bytes, 0), 0x90);
  EQUAL(read(port, text.bytes, &text_len, photo.bytes, &photo_len, 0), 0x90);
  printf("selected and read in %lu ms\n", GetTickCount() - begin);
  CHECK(text_len == 256 && photo_len == 1024 && memcmp(text.bytes, NAME, 8) == 0);
  EQUAL(((buffer)function(lib, "SDT_GetSAMIDToStr"))(port, id.bytes, 0), 0x90);
  CHECK(strlen((char *)id.bytes) == 36);
  EQUAL(((two)function(lib, "SDT_GetSAMStatus"))(port, 0), 0x90);
  EQUAL(((rate)function(lib, "SDT_GetCOMBaud"))(port, &text_len), 0x90);
  CHECK(text_len == 115200);
  EQUAL(((int(WINAPI *)(int, unsigned char, int))function(lib, "SDT_SetMaxRFByte"))(port, 80, 0), 0x90);
  EQUAL(((int(WINAPI *)(int, void *, unsigned, int))function(lib, "SDT_WriteAppMsg"))(port, text.bytes, 256, 0), 0x21);
  EQUAL(close(port), 0x90);
  EQUAL(close(port), 1);

  /* Opened and closed by every call; the files where the caller says. */
  begin = GetTickCount();
  while ((code = find(port, four.bytes, 1)) == 0x80 && GetTickCount() - begin < 10000) Sleep(200);
  CHECK(code == 0x9F);
  EQUAL(select(port, four.bytes, 1), 0x90);
  EQUAL(to_file(port, "wz.txt", &text_len, "zp.wlt", &photo_len, 1), 0x90);
  FILE *file = fopen("wz.txt", "rb");
  memset(text.bytes, 0, 256);
  CHECK(file && fread(text.bytes, 1, 256, file) == 256 && memcmp(text.bytes, NAME, 8) == 0);
  fclose(file);
  whole(text), whole(photo), whole(four), whole(single), whole(id);
  puts("ok");
  return 0;
}
