// Verifies a presentation over librealname: `Verify STORE TRUST ANCHOR PRESENTATION`, the verdict on standard output.
using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

static class Verify
{
    [DllImport("realname")] static extern int rn_store_open(byte[] place, out IntPtr store);
    [DllImport("realname")] static extern int rn_store_close(IntPtr store);
    [DllImport("realname")] static extern int rn_trust_load(byte[] list, byte[] anchor, out IntPtr trust);
    [DllImport("realname")] static extern int rn_trust_close(IntPtr trust);
    [DllImport("realname")] static extern int rn_answer(IntPtr store, IntPtr trust, byte[] presentation, IntPtr nonce, out IntPtr json);
    [DllImport("realname")] static extern int rn_string_free(IntPtr text);

    static byte[] Utf8(string text) { return Encoding.UTF8.GetBytes(text + "\0"); }

    static string Taken(IntPtr text)
    {
        int length = 0;
        while (Marshal.ReadByte(text, length) != 0) length++;
        var bytes = new byte[length];
        Marshal.Copy(text, bytes, 0, length);
        rn_string_free(text);
        return Encoding.UTF8.GetString(bytes);
    }

    static int Main(string[] files)
    {
        IntPtr store, trust, json;
        if (rn_store_open(Utf8(files[0]), out store) != 0) return 3;
        if (rn_trust_load(Utf8(File.ReadAllText(files[1])), Utf8(File.ReadAllText(files[2])), out trust) != 0) return 3;
        byte[] presentation = Utf8(File.ReadAllText(files[3]));
        int verdict = rn_answer(store, trust, presentation, IntPtr.Zero, out json);
        Console.WriteLine(Taken(json));
        // One that was answered is answered once.
        int again = rn_answer(store, trust, presentation, IntPtr.Zero, out json);
        if (again != 1 || !Taken(json).Contains("already_answered")) return 4;
        return rn_store_close(store) + rn_trust_close(trust) + verdict;
    }
}
