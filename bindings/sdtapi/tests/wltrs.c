/* WltRS' GetBmp over a decoder that is a stand-in. */
#include "guard.h"

int main(int argc, char **argv) {
  CHECK(argc == 2);
  void *lib = load(argv[1]);
  int (*GetBmp)(const char *, int) = (int (*)(const char *, int))function(lib, "GetBmp");
  unsigned char block[1024] = {0x57, 0x4C, 0x66, 0, 0x7E, 0};
  FILE *file = fopen("x.wlt", "wb");
  CHECK(file && fwrite(block, 1, sizeof block, file) == sizeof block);
  fclose(file);
  file = fopen("short.wlt", "wb");
  fclose(file);
  EQUAL(GetBmp(NULL, 1), -3);
  EQUAL(GetBmp("none.wlt", 1), -3);
  EQUAL(GetBmp("x.txt", 1), -2);
  EQUAL(GetBmp("short.wlt", 1), -4);
  EQUAL(GetBmp("x.wlt", 1), -5);
  setenv("REALNAME_WLT_DECODER", "/bin/cat", 1); /* gives the block back, which is no picture */
  EQUAL(GetBmp("x.wlt", 2), -1);
  file = fopen("decoder", "w");
  fputs("#!/usr/bin/env python3\nimport sys\nassert len(sys.stdin.buffer.read()) == 1024\n"
        "sys.stdout.buffer.write(b'BM' + bytes(38860))\n", file);
  fclose(file);
  CHECK(system("chmod +x decoder") == 0);
  setenv("REALNAME_WLT_DECODER", "decoder", 1);
  EQUAL(GetBmp("x.wlt", 1), 1);
  file = fopen("x.bmp", "rb");
  CHECK(file && fseek(file, 0, SEEK_END) == 0 && ftell(file) == 38862);
  fclose(file);
  puts("ok");
  return 0;
}
