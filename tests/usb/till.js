// The same as till.c, over koffi. The runtime starts once for a reader: each line "LIBRARY NAME" is a reading, each answer a line.
const fs = require('fs');
const readline = require('readline');
const koffi = require('koffi');

const check = (holds, what) => { if (!holds) throw new Error(what); };
const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

// A buffer of so many bytes, as the callee is told, with a canary behind it.
const guarded = (size) => Buffer.alloc(size + 16, 0xee);
const whole = (buffer, size) => check(buffer.subarray(size).every((byte) => byte === 0xee), `a canary of a buffer of ${size}`);

function until(call, found, ...others) {
  const end = Date.now() + 30000;
  let code;
  while (others.includes(code = call()) && Date.now() < end) sleep(200);
  check(code === found, `0x${code.toString(16)} instead of 0x${found.toString(16)}`);
}

function sdtapi() {
  const lib = koffi.load('libsdtapi.so');
  const find = lib.func('int SDT_StartFindIDCard(int, uint8_t *, int)');
  const select = lib.func('int SDT_SelectIDCard(int, uint8_t *, int)');
  const read = lib.func('int SDT_ReadBaseMsg(int, uint8_t *, _Inout_ uint32_t *, uint8_t *, _Inout_ uint32_t *, int)');
  const toFile = lib.func('int SDT_ReadBaseMsgToFile(int, const char *, _Inout_ uint32_t *, const char *, _Inout_ uint32_t *, int)');
  const [one, four, text, photo] = [1, 4, 256, 1024].map(guarded);
  const [textLength, photoLength] = [[3], [0]];
  until(() => find(1, one, 1), 0x9f, 0x80, 0x01);
  check(select(1, four, 1) === 0x90, 'select');
  check(read(1, text, textLength, photo, photoLength, 1) === 0x90, 'read');
  check(textLength[0] === 256 && photoLength[0] === 1024, 'lengths');
  check(text.toString('utf16le', 0, 30).trim() === '测试戊', 'name');
  [[one, 1], [four, 4], [text, 256], [photo, 1024]].forEach(([buffer, size]) => whole(buffer, size));
  check(toFile(1, 'wz.bin', textLength, 'xp.wlt', photoLength, 1) === 0x90, 'files');
  check(fs.readFileSync('wz.bin').equals(text.subarray(0, 256)), "the text's file");
  check(fs.statSync('xp.wlt').size === 1024, "the photo's file");
  lib.func('int SDT_ClosePort(int)')(1);
}

function termb() {
  const lib = koffi.load('libtermb.so');
  const gbk = new TextDecoder('gbk');
  until(() => lib.func('int CVR_InitComm(int)')(1), 1, 2);
  until(lib.func('int CVR_Authenticate()'), 1, 2);
  fs.rmSync('WZ.TXT', { force: true });
  check(lib.func('int CVR_Read_Content(int)')(4) === 1, 'content');
  const name = guarded(30);
  const length = [3];
  check(lib.func('int GetPeopleName(uint8_t *, _Inout_ int *)')(name, length) === 1 && length[0] === 6, 'name');
  check(gbk.decode(name.subarray(0, 6)) === '测试戊', 'name in GBK');
  whole(name, 30);
  check(gbk.decode(fs.readFileSync('WZ.TXT')).startsWith('测试戊\r\n女\r\n'), 'WZ.TXT');
  check(lib.func('int CVR_CloseComm()')() === 1, 'close');
}

function realname(name) {
  const lib = koffi.load('librealname.so');
  const [handle, json] = [[null], [null]];
  check(lib.func('int rn_reader_open(const char *, uint32_t, _Out_ void **)')(name, 0, handle) === 0, 'rn_reader_open');
  check(lib.func('int rn_reader_read(void *, const char *, _Out_ void **)')(handle[0], '{"wait": 30}', json) === 0, 'rn_reader_read');
  check(koffi.decode(json[0], 'char', -1).includes('测试戊'), 'name');
  check(lib.func('int rn_string_free(void *)')(json[0]) === 0, 'free');
  check(lib.func('int rn_reader_close(void *)')(handle[0]) === 0, 'close');
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const [library, name] = line.split(' ');
  try {
    ({ sdtapi, termb, realname })[library](name);
    console.log('ok');
  } catch (failed) {
    console.log(`failed: ${failed.message}`);
  }
});
