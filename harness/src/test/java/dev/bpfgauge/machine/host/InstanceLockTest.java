package dev.bpfgauge.machine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.ChildJvm;
import dev.bpfgauge.Requires;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.SearchPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
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
      } catch (InstanceLock.HeldException | Refusal e) {
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
      assertTrue(String.valueOf(refused.getMessage()).contains("pid " + first.pid()));

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
    Others others = others();
    Path machine = folder.resolve("machine");
    try (InstanceLock _ = acquire(machine);
        ChildJvm user = others.start()) {
      assertTrue(user.line().contains("pid " + ProcessHandle.current().pid()));
    }
    try (ChildJvm user = others.start()) {
      assertTrue(user.line().startsWith("locked"));
      var refused = assertThrows(InstanceLock.HeldException.class, () -> acquire(machine));
      assertEquals(user.pid(), refused.pid());
    }
  }

  @Test
  void underWhateverUmaskRootsLockWasMadeItKeepsOthersOut() throws Exception {
    Others others = others();
    String machine = folder.resolve("machine").toString();
    try (ChildJvm root =
        ChildJvm.startBy(
            List.of("sh", "-c", "umask 077; exec \"$@\"", "sh"), Holder.class, machine, machine)) {
      assertTrue(root.line().startsWith("locked"));
      try (ChildJvm user = others.start()) {
        assertTrue(user.line().contains("pid " + root.pid()));
      }
    }
  }

  @Test
  void rootPutsALockRightThatOthersCannotOpen() throws Exception {
    Others others = others();
    Path machine = Files.createDirectory(folder.resolve("machine"));
    Files.createFile(machine.resolve("lock"));
    mode(machine.resolve("lock"), "rw-------");
    mode(machine, "rwx------");
    try (ChildJvm user = others.start()) {
      String said = user.line();
      assertTrue(said.startsWith("cannot open the machine's lock " + machine), said);
      assertTrue(said.contains("chmod 666"), said);
    }

    acquire(machine).close();

    try (ChildJvm user = others.start()) {
      assertTrue(user.line().startsWith("locked"));
    }
  }

  private record Others(Path classes, Path own, Path machine) {
    ChildJvm start() throws IOException {
      return ChildJvm.startAsNobody(classes, Holder.class, own.toString(), machine.toString());
    }
  }

  /** Another user, who has a state folder of its own. */
  private Others others() throws IOException {
    Requires.that(Privileges.read().isRoot(), "root, to become another user");
    Requires.that(SearchPath.find("setpriv").isPresent(), "setpriv");
    Path users = Files.createDirectories(folder.resolve("users"));
    mode(users, "rwxrwxrwx");
    Path classes = Files.createDirectories(folder.resolve("classes"));
    mode(folder, "rwxr-xr-x");
    return new Others(classes, users, folder.resolve("machine"));
  }

  private static void mode(Path file, String mode) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @Test
  void procLocksNamesTheHolderAndNotThoseWhoWait() throws IOException {
    String locks =
        """
        1: FLOCK  ADVISORY  WRITE 11124 fe:00:2154513 0 EOF
        2: POSIX  ADVISORY  WRITE 555 00:1a:33 0 EOF
        2: POSIX  ADVISORY  WRITE 742 00:19:33 0 EOF
        2: -> POSIX  ADVISORY  WRITE 800 00:19:33 0 EOF
        3: OFDLCK ADVISORY  READ -1 00:06:1060 0 0
        """;
    assertEquals(742, InstanceLock.pidOf(0x19, 33, locks));
    assertEquals(555, InstanceLock.pidOf(0x1a, 33, locks), "the same number on another device");
    assertEquals(11124, InstanceLock.pidOf(0xfe00, 2154513, locks));
    assertEquals(0, InstanceLock.pidOf(6, 1060, locks), "an open file description has no pid");
    assertEquals(0, InstanceLock.pidOf(0x19, 7, locks));
  }
}
