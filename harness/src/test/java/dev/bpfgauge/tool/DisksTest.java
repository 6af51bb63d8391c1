package dev.bpfgauge.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.results.Refusal;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Names and numbers of disks, from lines of /proc/diskstats. */
class DisksTest {
  private static final Disks DISKS =
      Disks.parse(
          Stream.of(
              "   7       0 loop0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
              " 254      16 vdb 1956019 83775 95971930 3014221 323011 304468 37018048 218629 0",
              " 259 1048575 nvme9n1 0 0 0 0 0 0 0 0 0 0 0",
              ""));

  @Test
  void aNumberIsMajorAndMinorOfTheKernel() {
    assertEquals(7 << 20, DISKS.require("loop0"));
    assertEquals(254 << 20 | 16, DISKS.require("vdb"));
    assertEquals("nvme9n1", DISKS.name(259 << 20 | 1048575));
  }

  @Test
  void aDiskThatIsGoneIsItsNumbers() {
    assertEquals("8:1", DISKS.name(8 << 20 | 1));
    assertEquals("?", DISKS.name(0));
  }

  @Test
  void anUnknownDiskIsToldThoseThereAre() {
    Refusal refusal = assertThrows(Refusal.class, () -> DISKS.require("/dev/sdz"));

    assertTrue(
        String.valueOf(refusal.getMessage()).contains("no disk /dev/sdz; there are: loop0,"),
        refusal.getMessage());
  }
}
