package dev.bpfgauge.suite.prog;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Captures of tcpdump 4.99.3: a connection over loopback with 500 bytes one way and 200 the other,
 * and a datagram to a closed port; other formats are made of them.
 */
class CaptureTest {
  private static final int HEADER = 24;
  private static final int RECORD = 16;
  private static final int MANY = 256;

  @TempDir Path folder;

  private static byte[] real(String name) throws IOException {
    try (InputStream in = CaptureTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("x.pcap"), bytes);
  }

  private Capture read(byte[] bytes) throws IOException {
    return Capture.read(file(bytes), MANY);
  }

  private static List<byte[]> frames(Capture capture) {
    return capture.frames().stream()
        .map(frame -> frame.bytes().toArray(ValueLayout.JAVA_BYTE))
        .toList();
  }

  @Test
  void takesTheFirstFrameOfEachKind() throws IOException {
    Capture capture = read(real("tcpdump-lo.pcap"));
    assertEquals(12, capture.total());
    assertTrue(capture.cut().isEmpty());
    assertEquals(
        List.of(
            "IPv4 TCP SYN",
            "IPv4 TCP SYN ACK",
            "IPv4 TCP ACK",
            "IPv4 TCP FIN",
            "IPv4 UDP",
            "IPv4 ICMP"),
        capture.frames().stream().map(frame -> frame.kind().words()).distinct().toList());
    assertEquals(capture.total(), capture.frames().stream().mapToLong(Capture.Frame::alike).sum());
    Capture.Frame first = capture.frames().getFirst();
    assertEquals("pcap-1", first.word());
    assertEquals(74, first.bytes().byteSize(), "a SYN with its options over Ethernet");
    assertEquals(14 + 20 + 20 + 12 + 500, longest(capture), "its data and time stamps");
  }

  private static long longest(Capture capture) {
    return capture.frames().stream().mapToLong(it -> it.bytes().byteSize()).max().orElseThrow();
  }

  @Test
  void theMostFrequentKindsAreTakenAndTheRestIsSaid() throws IOException {
    Path file = file(real("tcpdump-lo.pcap"));
    Capture all = Capture.read(file, MANY);
    Capture two = Capture.read(file, 2);
    long most = all.frames().stream().mapToLong(Capture.Frame::alike).max().orElseThrow();
    assertEquals(2, two.frames().size());
    assertTrue(two.frames().stream().anyMatch(frame -> frame.alike() == most));
    assertTrue(two.text().getFirst().contains("--frames takes more"), two.text().getFirst());
    assertTrue(all.text().getFirst().endsWith("the first of each"), all.text().getFirst());
  }

  /** The same capture in the other byte order, or with nanoseconds. */
  private static byte[] written(byte[] pcap, ByteOrder order, int magic) {
    ByteBuffer from = ByteBuffer.wrap(pcap).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer to = ByteBuffer.allocate(pcap.length).order(order);
    to.putInt(magic).putShort(from.getShort(4)).putShort(from.getShort(6));
    for (int at = 8; at < HEADER; at += Integer.BYTES) {
      to.putInt(from.getInt(at));
    }
    for (int at = HEADER; at < pcap.length; at += RECORD + from.getInt(at + 8)) {
      for (int field = 0; field < RECORD; field += Integer.BYTES) {
        to.putInt(from.getInt(at + field));
      }
      to.put(pcap, at + RECORD, from.getInt(at + 8));
    }
    return to.array();
  }

  @ParameterizedTest
  @CsvSource({"true,a1b2c3d4", "false,a1b23c4d", "true,a1b23c4d"})
  void byteOrdersAndNanosecondsAreAlike(boolean big, String magic) throws IOException {
    byte[] pcap = real("tcpdump-lo.pcap");
    ByteOrder order = big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    assertSame(read(pcap), read(written(pcap, order, Integer.parseUnsignedInt(magic, 16))));
  }

  private static void assertSame(Capture one, Capture other) {
    assertEquals(one.text(), other.text());
    List<byte[]> frames = frames(one);
    for (int i = 0; i < frames.size(); i++) {
      assertArrayEquals(frames.get(i), frames(other).get(i));
    }
  }

  private static void block(ByteArrayOutputStream out, ByteOrder order, int type, byte[] body) {
    int padded = Math.ceilDiv(body.length, Integer.BYTES) * Integer.BYTES;
    ByteBuffer block = ByteBuffer.allocate(12 + padded).order(order);
    block.putInt(type).putInt(block.capacity()).put(body);
    block.putInt(block.capacity() - Integer.BYTES, block.capacity());
    out.writeBytes(block.array());
  }

  /** Each second frame is a simple packet; in front are options, behind a block of statistics. */
  private static byte[] pcapng(byte[] pcap, ByteOrder order) {
    ByteBuffer from = ByteBuffer.wrap(pcap).order(ByteOrder.LITTLE_ENDIAN);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteBuffer section = ByteBuffer.allocate(24).order(order);
    section.putInt(0x1a2b3c4d).putShort((short) 1).putShort((short) 0).putLong(-1);
    section.putShort((short) 4).putShort((short) 2).put(new byte[] {'m', 'e'});
    block(out, order, 0x0a0d0d0a, section.array());
    ByteBuffer device = ByteBuffer.allocate(8).order(order);
    device.putShort((short) 1).putShort((short) 0).putInt(0);
    block(out, order, 1, device.array());
    int number = 0;
    for (int at = HEADER; at < pcap.length; at += RECORD + from.getInt(at + 8)) {
      int bytes = from.getInt(at + 8);
      boolean isSimple = number++ % 2 == 1;
      ByteBuffer packet = ByteBuffer.allocate((isSimple ? 4 : 20) + bytes).order(order);
      if (!isSimple) {
        packet.putInt(0).putLong(number).putInt(bytes);
      }
      packet.putInt(bytes).put(pcap, at + RECORD, bytes);
      block(out, order, isSimple ? 3 : 6, packet.array());
      block(out, order, 5, new byte[12]);
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void pcapngIsReadAsWell(boolean big) throws IOException {
    byte[] pcap = real("tcpdump-lo.pcap");
    ByteOrder order = big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    assertSame(read(pcap), read(pcapng(pcap, order)));
  }

  @Test
  void twoSectionsMayHaveTwoByteOrders() throws IOException {
    byte[] pcap = real("tcpdump-lo.pcap");
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(pcapng(pcap, ByteOrder.BIG_ENDIAN));
    both.writeBytes(pcapng(pcap, ByteOrder.LITTLE_ENDIAN));
    Capture capture = read(both.toByteArray());
    assertEquals(2 * read(pcap).total(), capture.total());
    assertEquals(read(pcap).kinds(), capture.kinds());
  }

  @Test
  void framesOfAnyDeviceGetAnEthernetHeader() throws IOException {
    Capture capture = read(real("tcpdump-any.pcap"));
    List<String> kinds = capture.frames().stream().map(it -> it.kind().words()).toList();
    assertTrue(kinds.containsAll(List.of("IPv4 TCP SYN", "IPv4 UDP", "IPv6 ICMPv6")), "" + kinds);
  }

  @Test
  void rawIpGetsAnEthernetHeader() throws IOException {
    byte[] frame = Packet.IPV6.bytes();
    Capture capture =
        read(pcap(101, frame.length - 14, Arrays.copyOfRange(frame, 14, frame.length)));
    assertEquals("IPv6 TCP SYN", capture.frames().getFirst().kind().words());
    assertArrayEquals(
        Arrays.copyOfRange(frame, 12, frame.length),
        Arrays.copyOfRange(frames(capture).getFirst(), 12, frame.length));
  }

  /** A capture with one frame of link type, which says that it has so many bytes. */
  private static byte[] pcap(int linkType, int captured, byte[] frame) {
    ByteBuffer file =
        ByteBuffer.allocate(HEADER + RECORD + frame.length).order(ByteOrder.LITTLE_ENDIAN);
    file.putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4).putLong(0).putInt(262144);
    file.putInt(linkType).putLong(0).putInt(Math.min(captured, frame.length)).putInt(captured);
    return file.put(frame).array();
  }

  @Test
  void aFrameCutByTheCaptureSaysSo() throws IOException {
    byte[] frame = Arrays.copyOf(Packet.TCP_DATA.bytes(), 96);
    Capture capture = read(pcap(1, 1054, frame));
    assertTrue(capture.text().getLast().contains("96 bytes of 1054"), capture.text().getLast());
  }

  @Test
  void builtInPacketsAreOfTheirKinds() {
    List<String> kinds = new ArrayList<>();
    for (Packet packet : Packet.values()) {
      kinds.add(FrameKind.of(packet.bytes()).words());
    }
    assertEquals(
        List.of(
            "IPv4 TCP SYN",
            "IPv4 TCP ACK",
            "IPv4 UDP",
            "IPv4 ICMP",
            "IPv6 TCP SYN",
            "VLAN IPv4 UDP",
            "IPv4 fragment"),
        kinds);
    assertEquals(2048, FrameKind.of(Packet.TCP_DATA.bytes()).atMost());
  }

  @Test
  void aCutCaptureIsTakenAsFarAsItGoesAndSaysSo() throws IOException {
    byte[] whole = real("tcpdump-lo.pcap");
    Capture cut = read(Arrays.copyOf(whole, whole.length - 5));
    assertEquals(11, cut.total());
    assertEquals(
        folder.resolve("x.pcap") + " ends in the middle of frame 12; those before it are taken",
        cut.cut().orElseThrow());
    assertTrue(cut.text().contains(cut.cut().orElseThrow()));
  }

  @Test
  void whatIsNoCaptureIsRefusedInOneSentence() throws IOException {
    byte[] whole = real("tcpdump-lo.pcap");
    assertRefused("is empty: it has no packet", new byte[0]);
    assertRefused(
        "is not a packet capture: give a file of tcpdump -w",
        "no capture at all".getBytes(StandardCharsets.US_ASCII));
    assertRefused("is not a packet capture", new byte[] {1, 2});
    assertRefused("ends before its first frame does", Arrays.copyOf(whole, 10));
    assertRefused("ends before its first frame does", Arrays.copyOf(whole, HEADER + RECORD + 3));
    assertRefused("has no packet", Arrays.copyOf(whole, HEADER));
    assertRefused("has frames of link type 105;", pcap(105, 60, new byte[60]));
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(whole);
    }
    assertRefused("is compressed: decompress it first", packed.toByteArray());
    byte[] damaged = whole.clone();
    Arrays.fill(damaged, HEADER + 8, HEADER + 12, (byte) 0x7f);
    assertRefused("is damaged before its first frame", damaged);
    byte[] later = whole.clone();
    Arrays.fill(later, HEADER + RECORD + 74 + 8, HEADER + RECORD + 74 + 12, (byte) 0xff);
    assertRefused("is damaged behind frame 1: editcap -r", later);
    byte[] ng = pcapng(whole, ByteOrder.LITTLE_ENDIAN);
    ng[4] = 3;
    assertRefused("is damaged before its first frame", ng);
    assertRefused("is not a regular file", folder);
    assertRefused("there is no file", folder.resolve("none"));
  }

  private void assertRefused(String words, byte[] bytes) throws IOException {
    assertRefused(words, file(bytes));
  }

  private static void assertRefused(String words, Path file) {
    String said =
        String.valueOf(assertThrows(Refusal.class, () -> Capture.read(file, MANY)).getMessage());
    assertTrue(said.contains(words), said);
  }
}
