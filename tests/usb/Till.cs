// The same as till.c, over P/Invoke. The runtime starts once for a reader: each line "LIBRARY NAME" is a reading, each answer a line.
using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;

static class Till
{
    [DllImport("sdtapi.dll")] static extern int SDT_StartFindIDCard(int port, byte[] iin, int ifOpen);
    [DllImport("sdtapi.dll")] static extern int SDT_SelectIDCard(int port, byte[] sn, int ifOpen);
    [DllImport("sdtapi.dll")] static extern int SDT_ReadBaseMsg(int port, byte[] text, ref uint textLength, byte[] photo, ref uint photoLength, int ifOpen);
    [DllImport("sdtapi.dll")] static extern int SDT_ReadBaseMsgToFile(int port, string text, ref uint textLength, string photo, ref uint photoLength, int ifOpen);
    [DllImport("sdtapi.dll")] static extern int SDT_ClosePort(int port);

    [DllImport("termb.dll")] static extern int CVR_InitComm(int port);
    [DllImport("termb.dll")] static extern int CVR_Authenticate();
    [DllImport("termb.dll")] static extern int CVR_Read_Content(int active);
    [DllImport("termb.dll")] static extern int GetPeopleName(byte[] text, ref int length);
    [DllImport("termb.dll")] static extern int CVR_CloseComm();

    [DllImport("realname")] static extern int rn_reader_open(byte[] name, uint baud, out IntPtr reader);
    [DllImport("realname")] static extern int rn_reader_read(IntPtr reader, byte[] options, out IntPtr json);
    [DllImport("realname")] static extern int rn_reader_close(IntPtr reader);
    [DllImport("realname")] static extern int rn_string_free(IntPtr text);

    // A buffer of so many bytes, as the callee is told, with a canary behind it.
    static byte[] Guarded(int size) { return Enumerable.Repeat((byte)0xEE, size + 16).ToArray(); }

    static void Whole(byte[] buffer, int size)
    {
        Check(buffer.Skip(size).All(b => b == 0xEE), "a canary of a buffer of " + size);
    }

    static void Check(bool holds, string what) { if (!holds) throw new Exception(what); }

    static void Until(Func<int> call, int found, params int[] others)
    {
        var end = DateTime.UtcNow.AddSeconds(30);
        int code;
        while (others.Contains(code = call()) && DateTime.UtcNow < end) Thread.Sleep(200);
        Check(code == found, "0x" + code.ToString("x") + " instead of 0x" + found.ToString("x"));
    }

    static void Sdtapi()
    {
        byte[] one = Guarded(1), four = Guarded(4), text = Guarded(256), photo = Guarded(1024);
        uint textLength = 3, photoLength = 0;
        Until(() => SDT_StartFindIDCard(1, one, 1), 0x9F, 0x80, 0x01);
        Check(SDT_SelectIDCard(1, four, 1) == 0x90, "select");
        Check(SDT_ReadBaseMsg(1, text, ref textLength, photo, ref photoLength, 1) == 0x90, "read");
        Check(textLength == 256 && photoLength == 1024, "lengths");
        Check(Encoding.Unicode.GetString(text, 0, 30).Trim() == "测试戊", "name");
        Whole(one, 1); Whole(four, 4); Whole(text, 256); Whole(photo, 1024);
        File.Delete("wz.bin");
        Check(SDT_ReadBaseMsgToFile(1, "wz.bin", ref textLength, "xp.wlt", ref photoLength, 1) == 0x90, "files");
        Check(File.ReadAllBytes("wz.bin").SequenceEqual(text.Take(256)), "the text's file");
        Check(new FileInfo("xp.wlt").Length == 1024, "the photo's file");
        SDT_ClosePort(1);
    }

    static void Termb()
    {
        Until(() => CVR_InitComm(1), 1, 2);
        Until(CVR_Authenticate, 1, 2);
        File.Delete("WZ.TXT");
        Check(CVR_Read_Content(4) == 1, "content");
        byte[] name = Guarded(30);
        int length = 3;
        Check(GetPeopleName(name, ref length) == 1 && length == 6, "name");
        Check(Encoding.GetEncoding(936).GetString(name, 0, length) == "测试戊", "name in GBK");
        Whole(name, 30);
        Check(File.ReadAllText("WZ.TXT", Encoding.GetEncoding(936)).StartsWith("测试戊\r\n女\r\n"), "WZ.TXT");
        Check(CVR_CloseComm() == 1, "close");
    }

    static void Realname(string reader)
    {
        IntPtr handle, json;
        Check(rn_reader_open(Encoding.UTF8.GetBytes(reader + "\0"), 0, out handle) == 0, "rn_reader_open");
        Check(rn_reader_read(handle, Encoding.UTF8.GetBytes("{\"wait\": 30}\0"), out json) == 0, "rn_reader_read");
        int length = 0;
        while (Marshal.ReadByte(json, length) != 0) length++;
        var bytes = new byte[length];
        Marshal.Copy(json, bytes, 0, length);
        Check(Encoding.UTF8.GetString(bytes).Contains("测试戊"), "name");
        Check(rn_string_free(json) == 0 && rn_reader_close(handle) == 0, "close");
    }

    static void Main()
    {
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            var asked = line.Split(' ');
            try
            {
                if (asked[0] == "sdtapi") Sdtapi();
                else if (asked[0] == "termb") Termb();
                else Realname(asked[1]);
                Console.WriteLine("ok");
            }
            catch (Exception failed) { Console.WriteLine("failed: " + failed.Message); }
        }
    }
}
