package dev.bpfgauge.suite.tools;

import dev.bpfgauge.libbpf.BpfObject;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What bpf/tools/block.h and the kernel's include/linux/blk_types.h say of block requests. */
final class BlockRequests {
  private static final int OPERATION_BITS = 0xff;

  /** REQ_OP_…, stable since Linux 4.10. */
  private static final Map<Integer, String> OPERATIONS =
      Map.of(0, "Read", 1, "Write", 2, "Flush", 3, "Discard", 5, "Secure-erase", 9, "Write-zeroes");

  /** REQ_…: bits above the operation's, the same from Linux 4.18 on. */
  private static final Map<Integer, String> FLAGS =
      new TreeMap<>(
          Map.of(
              11, "Sync",
              12, "Metadata",
              13, "Priority",
              17, "ForcedUnitAccess",
              18, "Preflush",
              19, "ReadAhead",
              20, "Background",
              21, "NoWait"));

  private BlockRequests() {}

  /** Limits an object to one disk, where one is named. */
  static void limit(BpfObject object, String disk) {
    if (!disk.isEmpty()) {
      object.variable("one_disk").set(ValueLayout.JAVA_BOOLEAN, 0, true);
      object.variable("only_disk").set(ValueLayout.JAVA_INT, 0, Disks.read().require(disk));
    }
  }

  /** In BCC's words, e.g. {@code Sync-Write}. */
  static String flags(int flags) {
    List<String> words = new ArrayList<>();
    FLAGS.forEach((bit, word) -> {
      if ((flags & 1 << bit) != 0) {
        words.add(word);
      }
    });
    words.add(operation(flags));
    return String.join("-", words);
  }

  /** The operation's first letter. */
  static String letter(int flags) {
    return switch (flags & OPERATION_BITS) {
      case 0 -> "R";
      case 1 -> "W";
      default -> operation(flags).substring(0, 1);
    };
  }

  /** E.g. {@code Write}. */
  static String operation(int flags) {
    int operation = flags & OPERATION_BITS;
    return OPERATIONS.getOrDefault(operation, "Op" + operation);
  }
}
