/* A till over realname.dll, linked with realname.h: `realname_c.exe COM5`. */
#include "calls.h"

#include "realname.h"

int main(int argc, char **argv) {
  CHECK(argc == 2);
  char *json = NULL;
  rn_reader *reader = NULL;
  EQUAL(rn_reader_list(&json), RN_OK);
  CHECK(strstr(json, argv[1]));
  EQUAL(rn_string_free(json), RN_OK);
  EQUAL(rn_reader_open("COM77", 115200, &reader), RN_TROUBLE);
  EQUAL(rn_reader_open(argv[1], 115200, &reader), RN_OK);
  EQUAL(rn_reader_read(reader, "{\"wait\": 10}", &json), RN_OK);
  CHECK(strstr(json, "119999199001010004"));
  EQUAL(rn_string_free(json), RN_OK);
  EQUAL(rn_reader_close(reader), RN_OK);
  EQUAL(rn_reader_close(reader), RN_BAD_HANDLE);
  puts("ok");
  return 0;
}
