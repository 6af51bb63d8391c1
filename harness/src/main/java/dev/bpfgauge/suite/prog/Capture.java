package dev.bpfgauge.suite.prog;

import dev.bpfgauge.model.Refusal;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The frames of a capture that programs are run on: of the most frequent kinds the first frame
 * each.
 *
 * @param file as the user named it
 * @param total frames of the capture
 * @param kinds different kinds of them
 * @param frames those taken, by number
 * @param cut how the file is cut, as a sentence; empty where it is whole
 */
record Capture(Path file, long total, int kinds, List<Frame> frames, Optional<String> cut) {
  private static final double PERCENT = 100;
  private static final Set<Integer> RAW_IP = Set.of(12, 101, 228, 229);
  private static final int ETHERNET = 1;
  private static final int COOKED = 113;
  private static final int COOKED_2 = 276;

  /** More than that is noise, and would fill the memory. */
  private static final int MOST_KINDS = 2_000;

  private static final FrameKind OTHERS = new FrameKind("of other kinds", 0);

  /** Addresses and type. */
  private static final int ETHERNET_BYTES = 14;

  Capture {
    frames = List.copyOf(frames);
  }

  /**
   * A frame.
   *
   * @param number from 1, as Wireshark numbers them
   * @param bytes from its Ethernet header on
   * @param original bytes on the wire
   * @param alike frames of its kind, this one included
   */
  record Frame(long number, MemorySegment bytes, long original, FrameKind kind, long alike) {
    /** Its name in a run. */
    String word() {
      return "pcap-" + number;
    }

    private Frame oneMore() {
      return new Frame(number, bytes, original, kind, alike + 1);
    }

    private String text() {
      return "  %s: %s, %d bytes%s; %d of its kind"
          .formatted(
              word(),
              kind.words(),
              bytes.byteSize(),
              bytes.byteSize() < original ? " of " + original : "",
              alike);
    }
  }

  /**
   * Reads a capture.
   *
   * @param most frames that are taken
   * @throws Refusal where it is none, is damaged, or has no frame that programs can be run on
   */
  static Capture read(Path file, int most) {
    if (!Files.exists(file)) {
      throw Refusal.usage("there is no file " + file);
    }
    if (!Files.isRegularFile(file)) {
      throw Refusal.usage(
          file + " is not a regular file: name a capture of tcpdump -w or Wireshark");
    }
    Map<FrameKind, Frame> kinds = new LinkedHashMap<>();
    long[] total = {0};
    Optional<String> cut =
        CaptureFile.read(
            file,
            (number, linkType, bytes, original) -> {
              byte[] frame = ethernet(file, linkType, bytes);
              FrameKind its = FrameKind.of(frame);
              FrameKind kind = kinds.size() < MOST_KINDS || kinds.containsKey(its) ? its : OTHERS;
              long whole = original + frame.length - bytes.length;
              kinds.merge(
                  kind,
                  new Frame(number, MemorySegment.ofArray(frame), whole, kind, 1),
                  (first, _) -> first.oneMore());
              total[0] = number;
            });
    if (kinds.isEmpty()) {
      throw Refusal.usage(
          cut.isPresent() ? file + " ends before its first frame does" : file + " has no packet");
    }
    List<Frame> taken =
        kinds.values().stream()
            .sorted(Comparator.comparingLong(Frame::alike).reversed())
            .limit(most)
            .sorted(Comparator.comparingLong(Frame::number))
            .toList();
    return new Capture(file, total[0], kinds.size(), taken, cut);
  }

  /** The frame with an Ethernet header, where the capture has another or none. */
  private static byte[] ethernet(Path file, int linkType, byte[] bytes) {
    if (linkType == ETHERNET) {
      return bytes;
    }
    ByteBuffer from = ByteBuffer.wrap(bytes);
    int header;
    int type;
    if (RAW_IP.contains(linkType)) {
      header = 0;
      type = bytes.length > 0 && bytes[0] >> 4 == 6 ? 0x86DD : 0x0800;
    } else if (linkType == COOKED || linkType == COOKED_2) {
      header = linkType == COOKED ? 16 : 20;
      type = bytes.length < header ? 0 : from.getShort(linkType == COOKED ? 14 : 0);
    } else {
      throw Refusal.usage(
          "%s has frames of link type %d; those of Ethernet, raw IP and tcpdump -i any are taken:"
                  .formatted(file, linkType)
              + " capture on an Ethernet device");
    }
    int left = Math.max(0, bytes.length - header);
    ByteBuffer frame = ByteBuffer.allocate(ETHERNET_BYTES + left);
    frame.putShort(ETHERNET_BYTES - Short.BYTES, (short) type);
    frame.put(ETHERNET_BYTES, bytes, bytes.length - left, left);
    return frame.array();
  }

  /** What is taken of it, as lines. */
  List<String> text() {
    List<String> lines = new ArrayList<>();
    long covered = frames.stream().mapToLong(Frame::alike).sum();
    lines.add(
        frames.size() == kinds
            ? "%s: %d frames of %d kinds, the first of each".formatted(file, total, kinds)
            : String.format(
                Locale.ROOT,
                "%s: %d frames of %d kinds, the first of the %d most frequent (%.0f %%); --frames"
                    + " takes more",
                file,
                total,
                kinds,
                frames.size(),
                PERCENT * covered / total));
    cut.ifPresent(lines::add);
    frames.forEach(frame -> lines.add(frame.text()));
    return lines;
  }
}
