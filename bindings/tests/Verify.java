// Verifies a presentation over librealname: `Verify STORE TRUST ANCHOR PRESENTATION`, the verdict on standard output.
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

public class Verify {
    public interface Realname extends Library {
        int rn_store_open(byte[] place, PointerByReference store);
        int rn_store_close(Pointer store);
        int rn_trust_load(byte[] list, byte[] anchor, PointerByReference trust);
        int rn_trust_close(Pointer trust);
        int rn_answer(Pointer store, Pointer trust, byte[] presentation, Pointer nonce, PointerByReference json);
        int rn_string_free(Pointer text);
    }

    static final Realname RN = Native.load("realname", Realname.class);

    static byte[] utf8(String text) { return (text + "\0").getBytes(StandardCharsets.UTF_8); }

    static String taken(PointerByReference text) {
        String value = text.getValue().getString(0, "UTF-8");
        RN.rn_string_free(text.getValue());
        return value;
    }

    public static void main(String[] files) throws Exception {
        PointerByReference store = new PointerByReference(), trust = new PointerByReference(), json = new PointerByReference();
        byte[] list = utf8(Files.readString(Path.of(files[1]))), anchor = utf8(Files.readString(Path.of(files[2])));
        if (RN.rn_store_open(utf8(files[0]), store) != 0 || RN.rn_trust_load(list, anchor, trust) != 0) System.exit(3);
        byte[] presentation = utf8(Files.readString(Path.of(files[3])));
        int verdict = RN.rn_answer(store.getValue(), trust.getValue(), presentation, null, json);
        System.out.println(taken(json));
        // One that was answered is answered once.
        int again = RN.rn_answer(store.getValue(), trust.getValue(), presentation, null, json);
        if (again != 1 || !taken(json).contains("already_answered")) System.exit(4);
        System.exit(RN.rn_store_close(store.getValue()) + RN.rn_trust_close(trust.getValue()) + verdict);
    }
}
