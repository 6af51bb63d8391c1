package dev.bpfgauge.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.ChildJvm;
import dev.bpfgauge.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lock between real processes. */
class InstanceLockTest {

  /** Takes the lock of the given folders, says so and keeps it. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] folders) throws Exception {
      try (InstanceLock _ =
          InstanceLock.acquire(Path.of(folders[0]), Path.of(folders[1]), Roots.SYSTEM)) {
        System.out.println("locked");
        Thread.sleep(60_000);
      } catch (InstanceLock.HeldException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @TempDir Path folder;

  private InstanceLock acquire(Path own) throws InstanceLock.HeldException {
    return InstanceLock.acquire(own, folder.resolve("machine"), Roots.SYSTEM);
  }

  @Test
  void aSecondHarnessIsRefusedWithThePidOfTheFirst() throws Exception {
    String[] folders = {folder.toString(), folder.resolve("machine").toString()};
    try (ChildJvm first = ChildJvm.start(Holder.class, folders)) {
      assertTrue(first.line().startsWith("locked"));
      var refused = assertThrows(InstanceLock.HeldException.class, () -> acquire(folder));
      assertEquals(first.pid(), refused.pid());
      assertTrue(String.valueOf(refused.getMessage()).contains("kill " + first.pid()));

      first.kill();
      acquire(folder).close();
    }
  }

  @Test
  void theSameProcessIsRefusedToo() throws Exception {
    try (InstanceLock _ = acquire(folder)) {
      var refused = assertThrows(InstanceLock.HeldException.class, () -> acquire(folder));
      assertEquals(ProcessHandle.current().pid(), refused.pid());
    }
    acquire(folder).close();
  }

  @Test
  void aUserIsRefusedWhileRootRunsAndRootWhileAUserDoes() throws Exception {
    Requires.that(Privileges.read().isRoot(), "root, to become another user");
    Requires.that(Tools.find("setpriv").isPresent(), "setpriv");
    Path machine = folder.resolve("machine");
    Path users = folder.resolve("users");
    Files.createDirectories(users);
    Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path classes = Files.createDirectories(folder.resolve("classes"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    String[] folders = {users.toString(), machine.toString()};
    try (InstanceLock _ = acquire(machine);
        ChildJvm user = ChildJvm.startAsNobody(classes, Holder.class, folders)) {
      assertTrue(user.line().contains("with pid " + ProcessHandle.current().pid()));
    }
    try (ChildJvm user = ChildJvm.startAsNobody(classes, Holder.class, folders)) {
      assertTrue(user.line().startsWith("locked"));
      var refused = assertThrows(InstanceLock.HeldException.class, () -> acquire(machine));
      assertEquals(user.pid(), refused.pid());
    }
  }

  @Test
  void procLocksNamesTheHolderAndNotThoseWhoWait() throws IOException {
    String locks =
        """
        1: FLOCK  ADVISORY  WRITE 11124 fe:00:2154513 0 EOF
        2: POSIX  ADVISORY  WRITE 742 00:19:33 0 EOF
        2: -> POSIX  ADVISORY  WRITE 800 00:19:33 0 EOF
        3: OFDLCK ADVISORY  READ -1 00:06:1060 0 0
        """;
    assertEquals(742, InstanceLock.pidOf(33, locks));
    assertEquals(0, InstanceLock.pidOf(1060, locks), "an open file description has no pid");
    assertEquals(0, InstanceLock.pidOf(7, locks));
  }
}
