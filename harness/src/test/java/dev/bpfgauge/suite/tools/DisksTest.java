package dev.bpfgauge.suite.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names and numbers of disks, from lines of /proc/diskstats. */
class DisksTest {
  @TempDir Path folder;
  private Path diskstats = Path.of("");

  @BeforeEach
  void threeDisks() throws IOException {
    diskstats =
        Files.writeString(
            folder.resolve("diskstats"),
            """
               7       0 loop0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
             254      16 vdb 1956019 83775 95971930 3014221 323011 304468 37018048 218629 0
             259 1048575 nvme9n1 0 0 0 0 0 0 0 0 0 0 0

            """);
  }

  private void comes(String line) throws IOException {
    Files.writeString(diskstats, line + "\n", StandardOpenOption.APPEND);
  }

  private Disks disks() {
    return Disks.of(diskstats);
  }

  @Test
  void aNumberIsMajorAndMinorOfTheKernel() {
    assertEquals(7 << 20, disks().require("loop0", folder));
    assertEquals(254 << 20 | 16, disks().require("vdb", folder));
    assertEquals("nvme9n1", disks().name(259 << 20 | 1048575));
  }

  @Test
  void aDiskThatIsGoneIsItsNumbers() {
    assertEquals("8:1", disks().name(8 << 20 | 1));
    assertEquals("?", disks().name(-1));
    assertEquals("?", disks().name(0));
  }

  @Test
  void aDiskThatComesLaterHasItsName() throws IOException {
    Disks disks = disks();
    comes(" 8 0 sda 0 0 0 0");

    assertEquals("sda", disks.name(8 << 20));
  }

  @Test
  void pathsOfAMultipathDiskHaveThatDisksName() throws IOException {
    comes(" 259 1 nvme0n1 0 0 0");
    comes("   0 0 nvme0c0n1 0 0 0");
    comes("   0 0 nvme0c1n1 0 0 0");

    assertEquals("nvme0n1", disks().name(0));
    assertEquals(0, disks().require("nvme0n1", folder), "requests are those of its paths");
  }

  @Test
  void pathsOfSeveralMultipathDisksAreNotTakenForOne() throws IOException {
    comes("   0 0 nvme0c0n1 0 0 0");
    comes("   0 0 nvme1c0n1 0 0 0");

    assertEquals("nvme0n1|nvme1n1", disks().name(0));
    Refusal refusal = assertThrows(Refusal.class, () -> disks().require("nvme1n1", folder));
    assertTrue(
        String.valueOf(refusal.getMessage()).contains("cannot be told from"), refusal.getMessage());
  }

  @Test
  void aDiskWithoutRequestsIsRefusedAndTheOnesBelowItAreNamed() throws IOException {
    comes(" 253 0 dm-0 0 0 0");
    comes(" 252 0 zram0 0 0 0");
    Files.createDirectories(folder.resolve("dm-0/queue"));
    Files.createDirectories(folder.resolve("dm-0/slaves/vdb"));
    Files.createDirectories(folder.resolve("dm-0/slaves/loop0"));
    Files.createDirectories(folder.resolve("zram0/queue"));
    Files.createDirectories(folder.resolve("vdb/queue"));
    Files.createDirectories(folder.resolve("vdb/mq"));

    Refusal mapper = assertThrows(Refusal.class, () -> disks().require("dm-0", folder));
    Refusal memory = assertThrows(Refusal.class, () -> disks().require("zram0", folder));
    assertEquals(
        "dm-0 has no block requests of its own; the disks below it have them: give loop0 or vdb, or"
            + " leave -d away.",
        mapper.getMessage());
    assertEquals(
        "zram0 has no block requests of its own, and no disk below it has any.",
        memory.getMessage());
    assertEquals(254 << 20 | 16, disks().require("vdb", folder));
  }

  @Test
  void anUnknownDiskIsToldThoseThereAre() {
    Refusal refusal = assertThrows(Refusal.class, () -> disks().require("/dev/sdz", folder));

    assertTrue(
        String.valueOf(refusal.getMessage()).contains("no disk /dev/sdz; there are: loop0,"),
        refusal.getMessage());
  }
}
