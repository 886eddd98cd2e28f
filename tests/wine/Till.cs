// A till in C#, 32 bit as most are, over sdtapi.dll, termb.dll and SynIDCardAPI.dll: `Till.exe PORT`. No calling convention is written,
// as in nearly all such programs.
using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;

static class Till
{
    [DllImport("sdtapi.dll")] static extern int SDT_OpenPort(int port);
    [DllImport("sdtapi.dll")] static extern int SDT_ClosePort(int port);
    [DllImport("sdtapi.dll")] static extern int SDT_StartFindIDCard(int port, ref int iin, int ifOpen);
    [DllImport("sdtapi.dll")] static extern int SDT_SelectIDCard(int port, ref int sn, int ifOpen);
    [DllImport("sdtapi.dll")] static extern int SDT_ReadBaseMsg(int port, byte[] text, ref uint textLength, byte[] photo, ref uint photoLength, int ifOpen);
    [DllImport("termb.dll")] static extern int CVR_InitComm(int port);
    [DllImport("termb.dll")] static extern int CVR_Authenticate();
    [DllImport("termb.dll")] static extern int CVR_Read_Content(int active);
    [DllImport("termb.dll")] static extern int CVR_CloseComm();
    [DllImport("termb.dll", CharSet = CharSet.Unicode)] static extern int GetPeopleNameU(StringBuilder name, ref int length);
    [DllImport("termb.dll")] static extern int GetPeopleIDCode(ref byte number, ref int length);
    [DllImport("SynIDCardAPI.dll")] static extern int Syn_OpenPort(int port);
    [DllImport("SynIDCardAPI.dll")] static extern int Syn_StartFindIDCard(int port, byte[] iin, int ifOpen);
    [DllImport("SynIDCardAPI.dll")] static extern int Syn_SelectIDCard(int port, byte[] sn, int ifOpen);
    [DllImport("SynIDCardAPI.dll")] static extern int Syn_ReadMsg(int port, int ifOpen, ref IDCardData data);
    [DllImport("SynIDCardAPI.dll")] static extern int Syn_ClosePort(int port);

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    struct IDCardData
    {
        [MarshalAs(UnmanagedType.ByValArray, SizeConst = 148)] public byte[] Before;
        [MarshalAs(UnmanagedType.ByValArray, SizeConst = 38)] public byte[] Number;
        [MarshalAs(UnmanagedType.ByValArray, SizeConst = 361)] public byte[] After;
    }

    const string Number = "119999199001010004";

    static void Is(bool right, string what) { if (!right) { Console.Error.WriteLine(what); Environment.Exit(1); } }

    static void Until(Func<bool> done, string what)
    {
        for (int turn = 0; turn < 100; turn++) { if (done()) return; Thread.Sleep(100); }
        Is(false, what);
    }

    static void Main(string[] arguments)
    {
        int port = int.Parse(arguments[0]), four = 0, length = 30;
        Is(IntPtr.Size == 4 && Marshal.SizeOf(typeof(IDCardData)) == 547, "not 32 bit");
        Is(SDT_OpenPort(1001) == 1 && SDT_OpenPort(port) == 0x90, "open");
        Until(() => { int iin = 0; return SDT_StartFindIDCard(port, ref iin, 0) == 0x9F; }, "find");
        Is(SDT_SelectIDCard(port, ref four, 0) == 0x90, "select");
        byte[] text = new byte[256], photo = new byte[1024];
        uint textLength = 0, photoLength = 0;
        Is(SDT_ReadBaseMsg(port, text, ref textLength, photo, ref photoLength, 0) == 0x90, "read");
        Is(textLength == 256 && photoLength == 1024 && Encoding.Unicode.GetString(text, 0, 30).Trim() == "\u6d4b\u8bd5\u7532", "another card");
        Is(SDT_ClosePort(port) == 0x90, "close");

        Is(CVR_InitComm(port) == 1, "init");
        Until(() => CVR_Authenticate() == 1, "authenticate");
        Is(CVR_Read_Content(4) == 1, "content");
        StringBuilder name = new StringBuilder(30);
        Is(GetPeopleNameU(name, ref length) == 1 && name.ToString() == "\u6d4b\u8bd5\u7532", "name");
        byte[] number = new byte[30];
        length = 36;
        Is(GetPeopleIDCode(ref number[0], ref length) == 1 && Encoding.ASCII.GetString(number, 0, length) == Number, "number");
        Is(File.ReadAllBytes("wz.txt").Length > 60, "file"); // WZ.TXT: Windows' names have no case
        Is(CVR_CloseComm() == 1, "close");

        IDCardData data = new IDCardData();
        Is(Syn_OpenPort(port) == 0, "open");
        Until(() => {
            Syn_StartFindIDCard(port, new byte[4], 0);
            Syn_SelectIDCard(port, new byte[8], 0);
            int code = Syn_ReadMsg(port, 0, ref data);
            return code == 0 || code == 1;
        }, "message");
        Is(Encoding.ASCII.GetString(data.Number, 0, 18) == Number, "another number");
        Is(Syn_ClosePort(port) == 0, "close");
        Console.WriteLine("ok, .NET " + Path.GetFileName(Path.GetDirectoryName(typeof(object).Assembly.Location)));
    }
}
