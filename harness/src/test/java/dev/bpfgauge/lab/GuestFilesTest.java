package dev.bpfgauge.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One cache, and harnesses that share it: real processes. */
class GuestFilesTest {

  /** Writes an initramfs into that cache, says where and waits to be killed. */
  static final class Other {
    private Other() {}

    public static void main(String[] cache) throws Exception {
      try (GuestFiles files = GuestFiles.in(Path.of(cache[0]))) {
        System.out.println(Files.writeString(files.initramfs(), "a guest's"));
        Thread.sleep(60_000);
      }
    }
  }

  @TempDir Path folder;
  private Path cache = Path.of("");

  @BeforeEach
  void noCacheYet() {
    cache = folder.resolve("kernels");
  }

  @Test
  void whatALivingHarnessUsesStaysAndWhatAKilledOneLeftIsDeleted() throws Exception {
    try (ChildJvm other = ChildJvm.start(Other.class, cache.toString())) {
      Path used = Path.of(other.line());
      useTheCache();
      assertTrue(Files.exists(used), "the other is alive");

      other.kill();
      useTheCache();
      assertFalse(Files.exists(used.resolveSibling("")), "the other is gone");
    }
  }

  @Test
  void theTwoArchivesLastUsedStayAndAllWhereAnotherHarnessMayReadThem() throws Exception {
    Files.createDirectories(cache);
    Path kept = archive("kept", Duration.ofMinutes(1));
    Path one = archive("one", Duration.ofHours(1));
    Path another = archive("another", Duration.ofHours(2));
    try (ChildJvm other = ChildJvm.start(Other.class, cache.toString())) {
      // It was alone when it began, so what nobody had used for longest is gone.
      other.line();
      assertFalse(Files.exists(another));
      archive("another", Duration.ofHours(2));

      useTheCache();
      assertTrue(Files.exists(one) && Files.exists(another), "the other is alive");

      other.kill();
      GuestFiles.used(another);
      useTheCache();
      assertTrue(Files.exists(another) && Files.exists(kept), "the last used");
      assertFalse(Files.exists(one), "nobody's");
    }
  }

  @Test
  void twoOnesHaveFoldersOfTheirOwnAndDeleteThem() throws Exception {
    Path before;
    try (GuestFiles files = GuestFiles.in(cache);
        ChildJvm other = ChildJvm.start(Other.class, cache.toString())) {
      before = files.folder();
      assertFalse(Path.of(other.line()).startsWith(before));
      Files.writeString(files.initramfs(), "ours");
      assertEquals(before, files.initramfs().resolveSibling(""));
    }
    assertFalse(Files.exists(before));
  }

  private void useTheCache() throws IOException {
    try (GuestFiles files = GuestFiles.in(cache)) {
      assertTrue(Files.isDirectory(files.folder()));
    }
  }

  private Path archive(String jar, Duration age) throws IOException {
    Path file =
        Files.writeString(cache.resolve("runtime-classes-" + jar + GuestFiles.ARCHIVE), jar);
    return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
  }
}
