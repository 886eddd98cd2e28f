"""The same as till.c, over ctypes: `till.py sdtapi|termb|realname NAME`."""
import ctypes
import sys
import time

mode, name = sys.argv[1:]


def until(call, found, *others):
    end = time.monotonic() + 20
    while (code := call()) in others and time.monotonic() < end:
        time.sleep(0.2)
    assert code == found, hex(code)


if mode == "sdtapi":
    lib = ctypes.CDLL("libsdtapi.so")
    text, photo = ctypes.create_string_buffer(256), ctypes.create_string_buffer(1024)
    one, length = (ctypes.c_ubyte * 1)(), ctypes.c_uint(0)
    until(lambda: lib.SDT_StartFindIDCard(1, one, 1), 0x9F, 0x80, 0x01)
    assert lib.SDT_SelectIDCard(1, one, 1) == 0x90
    assert lib.SDT_ReadBaseMsg(1, text, ctypes.byref(length), photo, None, 1) == 0x90
    assert length.value == 256 and text.raw.decode("utf-16-le").startswith("测试戊")
elif mode == "termb":
    lib = ctypes.CDLL("libtermb.so")
    until(lambda: lib.CVR_InitComm(1), 1, 2)
    until(lib.CVR_Authenticate, 1, 2)
    assert lib.CVR_Read_Content(4) == 1
    buffer, length = ctypes.create_string_buffer(30), ctypes.c_int(3)
    assert lib.GetPeopleNameU(buffer, ctypes.byref(length)) == 1
    assert buffer.raw[: length.value].decode("utf-16-le") == "测试戊"
    assert lib.CVR_CloseComm() == 1
else:
    lib = ctypes.CDLL("librealname.so")
    reader, json = ctypes.c_void_p(), ctypes.c_char_p()
    assert lib.rn_reader_open(name.encode(), 0, ctypes.byref(reader)) == 0
    assert lib.rn_reader_read(reader, b'{"wait": 20}', ctypes.byref(json)) == 0
    assert "测试戊" in json.value.decode()
    assert lib.rn_string_free(json) == 0 and lib.rn_reader_close(reader) == 0
print("ok")
