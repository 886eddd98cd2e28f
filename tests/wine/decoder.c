/* Where a licensed decoder of the chip's photo would stand: 1,024 bytes in, a BMP's 38,862 out, all of them 0 but the first two. */
#include <fcntl.h>
#include <io.h>
#include <stdio.h>

int main(void) {
  static char block[1025], picture[38862] = "BM";
  _setmode(_fileno(stdin), _O_BINARY), _setmode(_fileno(stdout), _O_BINARY);
  if (fread(block, 1, sizeof block, stdin) != 1024) return 1;
  return fwrite(picture, 1, sizeof picture, stdout) == sizeof picture ? 0 : 1;
}
