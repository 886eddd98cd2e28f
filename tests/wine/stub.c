/* Wine 8 has no bcryptprimitives.dll, from which Rust's library takes its randomness; Windows has it. For these tests alone, and
 * never shipped: the randomness is Wine's own. */
#include <windows.h>

BOOLEAN WINAPI SystemFunction036(void *buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(unsigned char *buffer, SIZE_T length) {
  return SystemFunction036(buffer, (ULONG)length) ? TRUE : FALSE;
}
