package dev.bpfgauge.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.os.StrError.Errno;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Held against what the JDK says where the kernel really refuses. */
class StrErrorTest {

  @Test
  void noSpaceIsNoSpace() throws IOException {
    try (OutputStream full = Files.newOutputStream(Path.of("/dev/full"))) {
      IOException e = assertThrows(IOException.class, () -> full.write(1));
      assertTrue(Errno.ENOSPC.isWhy(e), String.valueOf(e.getMessage()));
      assertFalse(Errno.EROFS.isWhy(e), String.valueOf(e.getMessage()));
    }
  }

  @Test
  void aReasonOfAFileSystemIsWithoutTheFile() {
    FileSystemException readOnly = new FileSystemException("/x", null, Errno.EROFS.words());
    assertTrue(Errno.EROFS.isWhy(readOnly));
    assertFalse(Errno.ENOSPC.isWhy(readOnly));
  }

  @Test
  void aForbiddenFileIsNoneOfThese() {
    for (Errno errno : Errno.values()) {
      assertFalse(errno.isWhy(new FileSystemException("/x")), errno.toString());
      assertEquals(errno.words(), errno.words().strip());
    }
  }
}
