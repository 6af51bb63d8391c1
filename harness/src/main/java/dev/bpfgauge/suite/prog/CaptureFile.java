package dev.bpfgauge.suite.prog;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.model.Refusal;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The frames of a capture, one after the other: pcap in both byte orders, with micro- or
 * nanoseconds, and pcapng (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng). Files may be larger
 * than memory.
 */
final class CaptureFile {
  /** Longest frame that tcpdump writes (MAXIMUM_SNAPLEN). */
  private static final int MOST_BYTES = 262_144;

  private static final int MICROSECONDS = 0xa1b2c3d4;
  private static final int NANOSECONDS = 0xa1b23c4d;
  private static final int SECTION = 0x0a0d0d0a;
  private static final int BYTE_ORDER = 0x1a2b3c4d;

  private static final int INTERFACE_BLOCK = 1;
  private static final int SIMPLE_PACKET_BLOCK = 3;
  private static final int ENHANCED_PACKET_BLOCK = 6;

  /** Type and length in front, length behind. */
  private static final int BLOCK_OVERHEAD = 12;

  private static final int GZIP = 0x1f8b;
  private static final int ZSTD = 0x28b5;

  private final Path file;
  private final InputStream in;
  private final Sink sink;
  private long frames;

  private CaptureFile(Path file, InputStream in, Sink sink) {
    this.file = file;
    this.in = in;
    this.sink = sink;
  }

  /** Takes frames. */
  interface Sink {
    /**
     * A frame.
     *
     * @param number from 1, as Wireshark numbers them
     * @param linkType {@code LINKTYPE_…}: what it begins with
     * @param bytes as many as were captured
     * @param originalBytes as many as it had on the wire
     */
    void frame(long number, int linkType, byte[] bytes, long originalBytes);
  }

  /**
   * Reads a file to its end, or to where it is cut.
   *
   * @return how it is cut, as a sentence; empty where it is whole
   * @throws Refusal where it is no capture, or damaged
   */
  static Optional<String> read(Path file, Sink sink) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      CaptureFile capture = new CaptureFile(file, in, sink);
      try {
        capture.read();
        return Optional.empty();
      } catch (EOFException e) {
        return Optional.of(
            "%s ends in the middle of frame %d; those before it are taken"
                .formatted(file, capture.frames + 1));
      }
    } catch (IOException e) {
      throw Refusal.usage("%s cannot be read: %s".formatted(file, DurableFile.reason(e)));
    }
  }

  private void read() throws IOException {
    byte[] magic = in.readNBytes(Integer.BYTES);
    int big = magic.length < Integer.BYTES ? 0 : ByteBuffer.wrap(magic).getInt();
    if (big == SECTION) {
      section();
      return;
    }
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      int ordered = order == ByteOrder.BIG_ENDIAN ? big : Integer.reverseBytes(big);
      if (ordered == MICROSECONDS || ordered == NANOSECONDS) {
        pcap(order);
        return;
      }
    }
    throw Refusal.usage(
        magic.length == 0
            ? file + " is empty: it has no packet"
            : big >>> 16 == GZIP || big >>> 16 == ZSTD
                ? file + " is compressed: decompress it first, by gunzip or unzstd"
                : file
                    + " is not a packet capture: give a file of tcpdump -w or Wireshark, pcap or"
                    + " pcapng");
  }

  private void pcap(ByteOrder order) throws IOException {
    ByteBuffer header = bytes(20, order);
    int linkType = header.getInt(16) & 0xffff; // Above it: whether frames have their checksum.
    for (Optional<ByteBuffer> next = atEnd(16, order); next.isPresent(); next = atEnd(16, order)) {
      ByteBuffer record = next.get();
      frame(linkType, record.getInt(8), Integer.toUnsignedLong(record.getInt(12)));
    }
  }

  /** Blocks of one section; the next one's header says its byte order anew. */
  private void section() throws IOException {
    ByteOrder order = sectionOrder();
    List<Integer> linkTypes = new ArrayList<>();
    for (Optional<ByteBuffer> next = atEnd(4, order); next.isPresent(); next = atEnd(4, order)) {
      int type = next.get().getInt(0);
      if (type == SECTION) {
        order = sectionOrder();
        linkTypes.clear();
      } else {
        block(type, order, linkTypes);
      }
    }
  }

  private ByteOrder sectionOrder() throws IOException {
    ByteBuffer lengthAndOrder = bytes(8, ByteOrder.BIG_ENDIAN);
    ByteOrder order =
        lengthAndOrder.getInt(4) == BYTE_ORDER ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    if (lengthAndOrder.order(order).getInt(4) != BYTE_ORDER) {
      throw damaged();
    }
    in.skipNBytes(length(lengthAndOrder.getInt(0)) - Integer.BYTES);
    in.skipNBytes(Integer.BYTES);
    return order;
  }

  private void block(int type, ByteOrder order, List<Integer> linkTypes) throws IOException {
    long length = length(bytes(4, order).getInt(0));
    long rest = length;
    if (type == INTERFACE_BLOCK) {
      linkTypes.add(bytes(8, order).getShort(0) & 0xffff);
      rest -= 8;
    } else if (type == ENHANCED_PACKET_BLOCK) {
      ByteBuffer header = bytes(20, order);
      int captured = header.getInt(12);
      int linkType = linkType(linkTypes, header.getInt(0));
      frame(linkType, captured, Integer.toUnsignedLong(header.getInt(16)));
      rest -= 20L + captured;
    } else if (type == SIMPLE_PACKET_BLOCK) {
      long original = Integer.toUnsignedLong(bytes(4, order).getInt(0));
      int captured = (int) Math.min(original, length - Integer.BYTES);
      frame(linkType(linkTypes, 0), captured, original);
      rest -= Integer.BYTES + captured;
    }
    if (rest < 0) {
      throw damaged();
    }
    in.skipNBytes(rest + Integer.BYTES);
  }

  /** Of a block without what all have. */
  private long length(int total) {
    long length = Integer.toUnsignedLong(total) - BLOCK_OVERHEAD;
    if (length < 0 || length % Integer.BYTES != 0) {
      throw damaged();
    }
    return length;
  }

  private int linkType(List<Integer> linkTypes, int number) {
    if (number < 0 || number >= linkTypes.size()) {
      throw damaged();
    }
    return linkTypes.get(number);
  }

  private void frame(int linkType, int captured, long original) throws IOException {
    if (captured < 0 || captured > MOST_BYTES) {
      throw damaged();
    }
    byte[] bytes = exactly(captured);
    frames++;
    sink.frame(frames, linkType, bytes, original);
  }

  private Refusal damaged() {
    return Refusal.usage(
        frames == 0
            ? file + " is damaged before its first frame"
            : "%s is damaged behind frame %d: editcap -r %s FIXED 1-%d keeps what is before"
                .formatted(file, frames, file, frames));
  }

  /** Empty at the file's end; within a header it is cut. */
  private Optional<ByteBuffer> atEnd(int count, ByteOrder order) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length == 0) {
      return Optional.empty();
    }
    if (bytes.length < count) {
      throw new EOFException();
    }
    return Optional.of(ByteBuffer.wrap(bytes).order(order));
  }

  private ByteBuffer bytes(int count, ByteOrder order) throws IOException {
    return ByteBuffer.wrap(exactly(count)).order(order);
  }

  private byte[] exactly(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException();
    }
    return bytes;
  }
}
