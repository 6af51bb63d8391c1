package dev.bpfgauge.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Messages over a serial line. */
class FramesTest {
  private static final String TEXT = "{\"reason\":\"größer als 1 µs\"}";

  @Test
  void messagesComeOutAsTheyWentIn() throws IOException {
    byte[] one = Frames.encode(TEXT);
    byte[] both = Arrays.copyOf(one, 2 * one.length);
    System.arraycopy(one, 0, both, one.length, one.length);
    var line = new ByteArrayInputStream(both);

    assertEquals(Optional.of(TEXT), Frames.read(line));
    assertEquals(Optional.of(TEXT), Frames.read(line));
    assertEquals(Optional.empty(), Frames.read(line));
  }

  @Test
  void aTerminalsCarriageReturnsDoNotMatter() throws IOException {
    String sent = new String(Frames.encode(TEXT), StandardCharsets.ISO_8859_1);

    assertEquals(Optional.of(TEXT), read(sent.replace("\n", "\r\n")));
  }

  @Test
  void aDamagedOrCutMessageIsNeverTakenForOne() {
    String sent = new String(Frames.encode(TEXT), StandardCharsets.ISO_8859_1);

    assertThrows(Frames.DamagedException.class, () -> read(sent.replace("reason", "season")));
    assertThrows(Frames.DamagedException.class, () -> read(sent.replace("\"reason\"", "")));
    assertThrows(Frames.DamagedException.class, () -> read(sent.substring(0, sent.length() - 5)));
    assertThrows(Frames.DamagedException.class, () -> read("Kernel panic - not syncing\n"));
  }

  private static Optional<String> read(String bytes) throws IOException {
    return Frames.read(new ByteArrayInputStream(bytes.getBytes(StandardCharsets.ISO_8859_1)));
  }
}
