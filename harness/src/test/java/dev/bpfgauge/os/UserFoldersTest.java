package dev.bpfgauge.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of users, also of those who have none. */
class UserFoldersTest {
  @TempDir Path tmp;

  @Test
  void aVariableThatIsEmptyOrRelativeDoesNotCount() {
    Path home = Path.of("/home/u");
    Path byDefault = Path.of("/home/u/.cache/bpfgauge");

    for (String ignored : new String[] {"", "cache", "./cache", "~/cache"}) {
      assertEquals(
          byDefault,
          UserFolders.in(Map.of("XDG_CACHE_HOME", ignored), "XDG_CACHE_HOME", ".cache", () -> home),
          ignored);
    }
    assertEquals(
        Path.of("/x/bpfgauge"),
        UserFolders.in(
            Map.of("XDG_CACHE_HOME", "/x"),
            "XDG_CACHE_HOME",
            ".cache",
            () -> {
              throw new IllegalStateException("no home is needed");
            }));
  }

  /** The JVM's {@code user.home} is a question mark where there is no account. */
  @Test
  void aUserWithoutAnAccountGetsAFolderOfItsOwn() throws IOException {
    Path home = UserFolders.home("?", "", tmp);

    assertEquals(tmp, home.getParent());
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(home)));
    assertEquals(home, UserFolders.home("?", "relative", tmp), "and the same the next time");
    assertEquals(tmp, UserFolders.home("?", tmp.toString(), Path.of("/nowhere")));
    assertEquals(home, UserFolders.home("/nonexistent", "", tmp));
  }

  @Test
  void aFolderThatOthersMayWriteIsNotTaken() throws IOException {
    Path home = UserFolders.home("?", "", tmp);
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));

    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> UserFolders.home("?", "", tmp));

    assertTrue(
        String.valueOf(refused.getMessage()).contains("set HOME"),
        () -> String.valueOf(refused.getMessage()));
  }

  @Test
  void aLinkInItsPlaceIsNotFollowed() throws IOException {
    Path home = UserFolders.home("?", "", tmp);
    Path elsewhere = Files.move(home, tmp.resolve("elsewhere"));
    Files.createSymbolicLink(home, elsewhere);

    assertThrows(IllegalStateException.class, () -> UserFolders.home("?", "", tmp));
  }
}
