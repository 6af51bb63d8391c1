package dev.bpfgauge.lab;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The processors that an x86-64 guest's firmware tells its kernel of: ACPI's table MADT, as QEMU's
 * machine {@code pc} has it, with more processors. In an initramfs the kernel takes it instead of
 * the firmware's (Documentation/admin-guide/acpi/initrd_table_override.rst).
 *
 * <p>QEMU's own places for processors that are not there ({@code -smp 1,maxcpus=N}) do not do:
 * since Linux 6.9 they count only where the kernel knows its hypervisor, and an emulator is none to
 * it. Here all are there and, told {@code maxcpus=1}, the kernel never wakes the others.
 */
final class ProcessorTable {
  /** Where the kernel looks for it; in front of everything else, so that it is found at once. */
  static final String FILE = "kernel/firmware/acpi/apic.aml";

  /** The local APICs' ids are one byte, the last for all of them; more need an x2APIC. */
  static final int MOST = 255;

  private static final int HEADER_BYTES = 36;
  private static final int LENGTH_AT = 4;
  private static final int CHECKSUM_AT = 9;
  private static final int APIC_ADDRESS = 0xfee00000;
  private static final int IO_APIC_ADDRESS = 0xfec00000;
  private static final int ACTIVE_HIGH_LEVEL = 0xd;

  private ProcessorTable() {}

  /**
   * The table.
   *
   * @param processors from 1 to {@link #MOST}
   */
  static byte[] of(int processors) {
    if (processors < 1 || processors > MOST) {
      throw new IllegalArgumentException(processors + " processors");
    }
    ByteBuffer table =
        ByteBuffer.allocate(HEADER_BYTES + 8 * processors + 128).order(ByteOrder.LITTLE_ENDIAN);
    // The kernel takes what has the same names and a higher revision.
    table.put(ascii("APIC")).putInt(0).put((byte) 3).put((byte) 0);
    table.put(ascii("BOCHS BXPC    ")).putInt(2).put(ascii("BXPC")).putInt(1);
    table.putInt(APIC_ADDRESS).putInt(1); // and the two old interrupt controllers are there
    for (int id = 0; id < processors; id++) {
      table.put(new byte[] {0, 8, (byte) id, (byte) id}).putInt(1);
    }
    table.put(new byte[] {1, 12, 0, 0}).putInt(IO_APIC_ADDRESS).putInt(0);
    table.put(new byte[] {2, 10, 0, 0}).putInt(2).putShort((short) 0); // the timer's line
    for (int line : new int[] {5, 9, 10, 11}) {
      table
          .put(new byte[] {2, 10, 0, (byte) line})
          .putInt(line)
          .putShort((short) ACTIVE_HIGH_LEVEL);
    }
    table.put(new byte[] {4, 6, (byte) 0xff, 0, 0, 1}); // NMI, on every processor
    byte[] bytes = new byte[table.putInt(LENGTH_AT, table.position()).position()];
    table.flip().get(bytes);
    byte sum = 0;
    for (byte each : bytes) {
      sum += each;
    }
    bytes[CHECKSUM_AT] = (byte) -sum;
    return bytes;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
