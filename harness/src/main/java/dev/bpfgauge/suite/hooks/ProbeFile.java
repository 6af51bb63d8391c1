package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.model.KernelsAnswer;
import dev.bpfgauge.model.Refusal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The smallest ELF file with a USDT probe: a function of two instructions, the probe's nop and the
 * return, and the note that tells tracers where the nop is, as {@code <sys/sdt.h>} writes it
 * (https://sourceware.org/systemtap/wiki/UserSpaceProbeImplementation). Made here, since few
 * distributions build their libraries with probes, and none the same.
 */
final class ProbeFile {
  static final String PROVIDER = "bpfgauge";
  static final String PROBE = "call";

  /** Where the function is, in the file and from where the file is mapped. */
  static final int FUNCTION = 64 + 56; // after the ELF header and one program header

  private static final int SECTIONS = 3;
  private static final int SECTION_HEADER_BYTES = 64;
  private static final int NOTE = FUNCTION + 8;
  private static final int NT_STAPSDT = 3;
  private static final byte[] OWNER = text("stapsdt");
  private static final byte[] NAMES = text("\0.note.stapsdt\0.shstrtab");
  private static final int NOTE_NAME = 1;
  private static final int NAMES_NAME = 15;

  private ProbeFile() {}

  /**
   * An architecture that we know the two instructions of.
   *
   * @param elf its {@code e_machine}
   * @param code nop and return, the first byte lowest
   */
  record Machine(short elf, long code) {

    /** By the Java property {@code os.arch}. */
    static Machine of(String arch) {
      return switch (arch) {
        case "amd64" -> new Machine((short) 62, 0xc3_90L);
        case "aarch64" -> new Machine((short) 183, 0xd65f03c0_d503201fL);
        default ->
            throw Refusal.environment(
                KernelsAnswer.ABSENT.says("a USDT probe for ")
                    + arch
                    + "; there are ones for amd64 and aarch64");
      };
    }
  }

  /** The file's bytes, to be mapped as they are. */
  static byte[] of(Machine machine) {
    byte[] note = note();
    int names = NOTE + note.length;
    int sections = roundUp(names + NAMES.length, Long.BYTES);
    ByteBuffer file =
        ByteBuffer.allocate(sections + SECTIONS * SECTION_HEADER_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    header(file, machine, sections);
    segment(file);
    file.putLong(FUNCTION, machine.code).put(NOTE, note).put(names, NAMES);
    file.position(sections + SECTION_HEADER_BYTES); // the first section is none
    section(file, NOTE_NAME, 7, NOTE, note.length); // SHT_NOTE
    section(file, NAMES_NAME, 3, names, NAMES.length); // SHT_STRTAB
    return file.array();
  }

  private static void header(ByteBuffer file, Machine machine, int sections) {
    file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16); // 64 bits, little endian
    file.putShort((short) 3).putShort(machine.elf).putInt(1); // ET_DYN, EV_CURRENT
    file.putLong(0).putLong(64).putLong(sections).putInt(0);
    file.putShort((short) 64).putShort((short) 56).putShort((short) 1);
    file.putShort((short) SECTION_HEADER_BYTES).putShort((short) SECTIONS).putShort((short) 2);
  }

  /** All of the file, readable and executable, at address 0. */
  private static void segment(ByteBuffer file) {
    file.putInt(1).putInt(5).putLong(0).putLong(0).putLong(0); // PT_LOAD, PF_R | PF_X
    file.putLong(file.capacity()).putLong(file.capacity()).putLong(0x1_0000);
  }

  private static void section(ByteBuffer file, int name, int type, int at, int size) {
    file.putInt(name).putInt(type).putLong(0).putLong(0).putLong(at).putLong(size);
    file.putInt(0).putInt(0).putLong(Integer.BYTES).putLong(0);
  }

  /** Address of the probe, of its base and its semaphore (none), then who, what, no arguments. */
  private static byte[] note() {
    byte[] provider = text(PROVIDER);
    byte[] probe = text(PROBE);
    int description = 3 * Long.BYTES + provider.length + probe.length + 1;
    return ByteBuffer.allocate(3 * Integer.BYTES + OWNER.length + roundUp(description, 4))
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(OWNER.length)
        .putInt(description)
        .putInt(NT_STAPSDT)
        .put(OWNER)
        .putLong(FUNCTION)
        .putLong(0)
        .putLong(0)
        .put(provider)
        .put(probe)
        .array();
  }

  private static byte[] text(String text) {
    return (text + '\0').getBytes(StandardCharsets.US_ASCII);
  }

  private static int roundUp(int value, int to) {
    return (value + to - 1) / to * to;
  }
}
