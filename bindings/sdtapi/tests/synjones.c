/* How programs call SynIDCardAPI: results of find and select ignored, the struct of 547 bytes. Ports as in habits.c. */
#include "guard.h"

#pragma pack(push, 1)
typedef struct {
  char Name[32], Sex[6], Nation[20], Born[18], Address[72], IDCardNo[38], GrantDept[32], Begin[18], End[18], reserved[38],
      PhotoFileName[255];
} IDCardData;
#pragma pack(pop)

static int (*Find)(int, void *, int), (*Select)(int, void *, int), (*ReadMsg)(int, int, void *);

static int next(void *data) {
  double begin = seconds();
  int code;
  while ((code = Find(1, NULL, 0)) == 128 && seconds() - begin < 10) usleep(50000);
  EQUAL(code, 0);
  EQUAL(Select(1, NULL, 0), 0);
  return ReadMsg(1, 0, data);
}

int main(int argc, char **argv) {
  CHECK(argc == 2 && sizeof(IDCardData) == 547);
  void *lib = load(argv[1]);
  Find = (int (*)(int, void *, int))function(lib, "Syn_StartFindIDCard");
  Select = (int (*)(int, void *, int))function(lib, "Syn_SelectIDCard");
  ReadMsg = (int (*)(int, int, void *))function(lib, "Syn_ReadMsg");
  int (*Open)(int) = (int (*)(int))function(lib, "Syn_OpenPort");
  int (*Close)(int) = (int (*)(int))function(lib, "Syn_ClosePort");
  int (*set)(int);
  struct guarded buffer = guard(547);
  IDCardData *data = (IDCardData *)buffer.bytes;

  EQUAL(((int (*)(void))function(lib, "Syn_FindReader"))(), 1);
  CHECK(Open(4) != 0 && Open(1003) != 0);
  EQUAL(Open(1), 0);
  EQUAL(((int (*)(int, int))function(lib, "Syn_GetSAMStatus"))(1, 0), 0);
  EQUAL(((int (*)(int, unsigned char, int))function(lib, "Syn_SetMaxRFByte"))(1, 80, 0), 0);

  EQUAL(next(data), 1); /* read; the photo isn't decoded */
  CHECK(strcmp(data->Name, "\xB2\xE2\xCA\xD4\xBC\xD7") == 0 && strcmp(data->Sex, "1") == 0 && strcmp(data->Nation, "01") == 0);
  CHECK(strcmp(data->Born, "19900101") == 0 && strcmp(data->IDCardNo, "119999199001010004") == 0);
  CHECK(strcmp(data->Begin, "20200101") == 0 && data->PhotoFileName[0] == 0);
  whole(buffer);

  /* Nothing new lies there: results ignored, and no last customer's data. */
  memset(data, 0xEE, 547);
  EQUAL(Find(1, NULL, 0), 128);
  CHECK(Select(1, NULL, 0) != 0);
  int code = ReadMsg(1, 0, data);
  CHECK(code != 0 && code != 1 && (unsigned char)data->Name[0] == 0xEE);

  *(void **)&set = function(lib, "SetSexType"); EQUAL(set(1), 0);
  *(void **)&set = function(lib, "SetNationType"); EQUAL(set(2), 0);
  *(void **)&set = function(lib, "SetBornType"); EQUAL(set(1), 0); EQUAL(set(9), 1);
  *(void **)&set = function(lib, "SetUserLifeBType"); EQUAL(set(3), 0);
  *(void **)&set = function(lib, "SetPhotoType"); EQUAL(set(3), 0);
  *(void **)&set = function(lib, "SetPhotoName"); EQUAL(set(2), 0);
  EQUAL(((int (*)(int, int))function(lib, "SetUserLifeEType"))(4, 1), 0);
  EQUAL(((int (*)(int, const char *))function(lib, "SetPhotoPath"))(1, NULL), 0);
  EQUAL(next(data), 0); /* the block itself was asked for */
  CHECK(strcmp(data->Sex, "\xC4\xD0") == 0 && strcmp(data->Nation, "\xBA\xBA\xD7\xE5") == 0);
  CHECK(strcmp(data->Born, "1990\xC4\xEA" "01\xD4\xC2" "01\xC8\xD5") == 0 && strcmp(data->Begin, "2020-01-01") == 0);
  CHECK(strncmp(data->End, "20", 2) == 0 && data->End[4] == '/');
  CHECK(strcmp(data->PhotoFileName, "119999199001010004.wlt") == 0);
  CHECK(access("119999199001010004.wlt", R_OK) == 0);
  whole(buffer);
  CHECK(ReadMsg(1, 0, NULL) != 0);
  EQUAL(Close(1), 0);
  CHECK(Close(1) != 0);
  puts("ok");
  return 0;
}
