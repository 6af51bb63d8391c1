package dev.bpfgauge.suite.diagnose;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a caller tells the kernel's page allocator, in the kernel's words
 * (include/linux/gfp_types.h). These bits are the same from 5.14 to 7.2; one that is not known
 * stays a number.
 */
final class GfpFlags {
  /** By bit; bit 9 was ATOMIC until 6.3. */
  private static final List<String> BITS =
      List.of(
          "DMA",
          "HIGHMEM",
          "DMA32",
          "MOVABLE",
          "RECLAIMABLE",
          "HIGH",
          "IO",
          "FS",
          "ZERO",
          "ATOMIC",
          "DIRECT_RECLAIM",
          "KSWAPD_RECLAIM",
          "WRITE",
          "NOWARN",
          "RETRY_MAYFAIL",
          "NOFAIL",
          "NORETRY",
          "MEMALLOC",
          "COMP",
          "NOMEMALLOC",
          "HARDWALL",
          "THISNODE",
          "ACCOUNT");

  private static final int HIGHMEM = 1 << 1;
  private static final int MOVABLE = 1 << 3;
  private static final int HIGH = 1 << 5;
  private static final int IO = 1 << 6;
  private static final int FS = 1 << 7;
  private static final int DIRECT_RECLAIM = 1 << 10;
  private static final int KSWAPD_RECLAIM = 1 << 11;
  private static final int NOWARN = 1 << 13;
  private static final int COMP = 1 << 18;
  private static final int NOMEMALLOC = 1 << 19;
  private static final int HARDWALL = 1 << 20;
  private static final int RECLAIM = DIRECT_RECLAIM | KSWAPD_RECLAIM;
  private static final int KERNEL = RECLAIM | IO | FS;
  private static final int HIGHUSER_MOVABLE = KERNEL | HARDWALL | HIGHMEM | MOVABLE;

  /** Words for several together, the first that fits. */
  private static final Map<String, Integer> TOGETHER = together();

  private GfpFlags() {}

  private static Map<String, Integer> together() {
    Map<String, Integer> words = new LinkedHashMap<>();
    int light = (HIGHUSER_MOVABLE | COMP | NOMEMALLOC | NOWARN) & ~RECLAIM;
    words.put("GFP_TRANSHUGE", light | DIRECT_RECLAIM);
    words.put("GFP_TRANSHUGE_LIGHT", light);
    words.put("GFP_HIGHUSER_MOVABLE", HIGHUSER_MOVABLE);
    words.put("GFP_HIGHUSER", KERNEL | HARDWALL | HIGHMEM);
    words.put("GFP_USER", KERNEL | HARDWALL);
    words.put("GFP_KERNEL", KERNEL);
    words.put("GFP_NOFS", RECLAIM | IO);
    words.put("GFP_NOIO", RECLAIM);
    words.put("GFP_ATOMIC", HIGH | KSWAPD_RECLAIM);
    words.put("GFP_NOWAIT", KSWAPD_RECLAIM);
    return words;
  }

  /** E.g. {@code GFP_KERNEL|COMP|ZERO}: what stands alone is without its {@code __GFP_}. */
  static String of(int flags) {
    List<String> words = new ArrayList<>();
    int left = flags;
    for (Map.Entry<String, Integer> word : TOGETHER.entrySet()) {
      if ((flags & word.getValue()) == word.getValue()) {
        words.add(word.getKey());
        left &= ~word.getValue();
        break;
      }
    }
    for (int bit = 0; bit < BITS.size(); bit++) {
      if ((left & 1 << bit) != 0) {
        words.add(BITS.get(bit));
        left &= ~(1 << bit);
      }
    }
    if (left != 0 || words.isEmpty()) {
      words.add("0x" + Integer.toHexString(left));
    }
    return String.join("|", words);
  }
}
