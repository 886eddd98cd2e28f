// The same as till.c, over JNA. The runtime starts once for a reader: each line "LIBRARY NAME" is a reading, each answer a line.
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.IntSupplier;

public class Till {
    public interface Sdtapi extends Library {
        int SDT_StartFindIDCard(int port, byte[] iin, int ifOpen);
        int SDT_SelectIDCard(int port, byte[] sn, int ifOpen);
        int SDT_ReadBaseMsg(int port, byte[] text, IntByReference textLength, byte[] photo, IntByReference photoLength, int ifOpen);
        int SDT_ReadBaseMsgToFile(int port, byte[] text, IntByReference textLength, byte[] photo, IntByReference photoLength, int ifOpen);
        int SDT_ClosePort(int port);
    }

    public interface Termb extends Library {
        int CVR_InitComm(int port);
        int CVR_Authenticate();
        int CVR_Read_Content(int active);
        int GetPeopleName(byte[] text, IntByReference length);
        int CVR_CloseComm();
    }

    public interface Realname extends Library {
        int rn_reader_open(byte[] name, int baud, PointerByReference reader);
        int rn_reader_read(Pointer reader, byte[] options, PointerByReference json);
        int rn_reader_close(Pointer reader);
        int rn_string_free(Pointer text);
    }

    static final Charset GBK = Charset.forName("GBK");

    /** A buffer of so many bytes, as the callee is told, with a canary behind it. */
    static byte[] guarded(int size) {
        byte[] buffer = new byte[size + 16];
        Arrays.fill(buffer, (byte) 0xEE);
        return buffer;
    }

    static void whole(byte[] buffer, int size) {
        for (int at = size; at < buffer.length; at++) check(buffer[at] == (byte) 0xEE, "a canary of a buffer of " + size);
    }

    static void check(boolean holds, String what) {
        if (!holds) throw new IllegalStateException(what);
    }

    static byte[] utf8(String text) { return (text + "\0").getBytes(StandardCharsets.UTF_8); }

    static void until(IntSupplier call, int found, int... others) throws InterruptedException {
        long end = System.nanoTime() + 30_000_000_000L;
        int code = call.getAsInt();
        while (code != found && System.nanoTime() < end) {
            final int now = code;
            check(Arrays.stream(others).anyMatch(other -> other == now), "0x" + Integer.toHexString(code));
            Thread.sleep(200);
            code = call.getAsInt();
        }
        check(code == found, "0x" + Integer.toHexString(code));
    }

    static void sdtapi() throws Exception {
        Sdtapi lib = Native.load("sdtapi", Sdtapi.class);
        byte[] one = guarded(1), four = guarded(4), text = guarded(256), photo = guarded(1024);
        IntByReference textLength = new IntByReference(3), photoLength = new IntByReference();
        until(() -> lib.SDT_StartFindIDCard(1, one, 1), 0x9F, 0x80, 0x01);
        check(lib.SDT_SelectIDCard(1, four, 1) == 0x90, "select");
        check(lib.SDT_ReadBaseMsg(1, text, textLength, photo, photoLength, 1) == 0x90, "read");
        check(textLength.getValue() == 256 && photoLength.getValue() == 1024, "lengths");
        check(new String(text, 0, 30, StandardCharsets.UTF_16LE).trim().equals("测试戊"), "name");
        whole(one, 1);
        whole(four, 4);
        whole(text, 256);
        whole(photo, 1024);
        check(lib.SDT_ReadBaseMsgToFile(1, utf8("wz.bin"), textLength, utf8("xp.wlt"), photoLength, 1) == 0x90, "files");
        check(Arrays.equals(Files.readAllBytes(Path.of("wz.bin")), Arrays.copyOf(text, 256)), "the text's file");
        check(Files.size(Path.of("xp.wlt")) == 1024, "the photo's file");
        lib.SDT_ClosePort(1);
    }

    static void termb() throws Exception {
        Termb lib = Native.load("termb", Termb.class);
        until(() -> lib.CVR_InitComm(1), 1, 2);
        until(lib::CVR_Authenticate, 1, 2);
        Files.deleteIfExists(Path.of("WZ.TXT"));
        check(lib.CVR_Read_Content(4) == 1, "content");
        byte[] name = guarded(30);
        IntByReference length = new IntByReference(3);
        check(lib.GetPeopleName(name, length) == 1 && length.getValue() == 6, "name");
        check(new String(name, 0, 6, GBK).equals("测试戊"), "name in GBK");
        whole(name, 30);
        check(Files.readString(Path.of("WZ.TXT"), GBK).startsWith("测试戊\r\n女\r\n"), "WZ.TXT");
        check(lib.CVR_CloseComm() == 1, "close");
    }

    static void realname(String reader) {
        Realname lib = Native.load("realname", Realname.class);
        PointerByReference handle = new PointerByReference(), json = new PointerByReference();
        check(lib.rn_reader_open(utf8(reader), 0, handle) == 0, "rn_reader_open");
        check(lib.rn_reader_read(handle.getValue(), utf8("{\"wait\": 30}"), json) == 0, "rn_reader_read");
        check(json.getValue().getString(0, "UTF-8").contains("测试戊"), "name");
        check(lib.rn_string_free(json.getValue()) == 0 && lib.rn_reader_close(handle.getValue()) == 0, "close");
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = lines.readLine()) != null;) {
            String[] asked = line.split(" ");
            try {
                if (asked[0].equals("sdtapi")) sdtapi();
                else if (asked[0].equals("termb")) termb();
                else realname(asked[1]);
                System.out.println("ok");
            } catch (Exception | Error failed) {
                System.out.println("failed: " + failed);
            }
        }
    }
}
