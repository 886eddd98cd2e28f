/* A till over SynIDCardAPI.dll: results of find and select ignored, the struct of 547 bytes: `synjones.exe PORT`. */
#include "calls.h"

#pragma pack(push, 1)
typedef struct {
  char Name[32], Sex[6], Nation[20], Born[18], Address[72], IDCardNo[38], GrantDept[32], Begin[18], End[18], reserved[38],
      PhotoFileName[255];
} IDCardData;
#pragma pack(pop)

int main(int argc, char **argv) {
  CHECK(argc == 2 && sizeof(IDCardData) == 547);
  int port = atoi(argv[1]), code = -1;
  void *lib = load("SynIDCardAPI.dll");
  int(WINAPI *open)(int) = (int(WINAPI *)(int))function(lib, "Syn_OpenPort");
  int(WINAPI *close)(int) = (int(WINAPI *)(int))function(lib, "Syn_ClosePort");
  int(WINAPI *find)(int, void *, int) = (int(WINAPI *)(int, void *, int))function(lib, "Syn_StartFindIDCard");
  int(WINAPI *select)(int, void *, int) = (int(WINAPI *)(int, void *, int))function(lib, "Syn_SelectIDCard");
  int(WINAPI *read)(int, int, void *) = (int(WINAPI *)(int, int, void *))function(lib, "Syn_ReadMsg");
  int(WINAPI *photo)(int) = (int(WINAPI *)(int))function(lib, "SetPhotoType");
  struct guarded room = guard(sizeof(IDCardData)), four = guard(4);
  IDCardData *data = (IDCardData *)room.bytes;
  EQUAL(open(port), 0);
  EQUAL(photo(4), 0); /* none */
  for (int turn = 0; turn < 100 && code != 0; turn++) {
    find(port, four.bytes, 0), select(port, four.bytes, 0);
    code = read(port, 0, data);
    if (code != 0) Sleep(100);
  }
  CHECK(code == 0 && strcmp(data->Name, "\xB2\xE2\xCA\xD4\xBC\xD7") == 0 && strcmp(data->IDCardNo, "119999199001010004") == 0);
  EQUAL(close(port), 0);
  whole(room), whole(four);
  puts("ok");
  return 0;
}
