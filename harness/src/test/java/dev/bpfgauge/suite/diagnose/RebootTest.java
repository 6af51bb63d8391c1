package dev.bpfgauge.suite.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.CompiledStructs;
import dev.bpfgauge.Requires;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.diagnose.Identity.Parent;
import dev.bpfgauge.suite.diagnose.Reboot.How;
import dev.bpfgauge.suite.diagnose.Reboot.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that nothing comes of, as they are seen and kept. Guests of the lab carry some out. */
class RebootTest {
  @TempDir Path folder;

  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(Reboot.ROW, "tools/reboot");
    CompiledStructs.requireSame(Identity.WHO, "tools/reboot");
    CompiledStructs.requireSame(Arguments.LAYOUT, "tools/reboot");
  }

  @Test
  void aCommandOfSuchANameIsKeptOnTheDiskAndInTheKernelsLog() throws Exception {
    requirePrograms();
    Path file = folder.resolve("requests");
    Path kernel = Files.createFile(folder.resolve("kmsg"));
    try (Reboot module = Reboot.attach(new Reboot.Options(file, kernel, 0))) {
      var _ = new RebootSpec().prove(module);
    }
    String line = Files.readAllLines(file).getLast();
    assertTrue(line.matches("\\S+Z command: process \\d+, user 0, halt: .*/halt known; .*"), line);
    assertTrue(line.contains("(%d)".formatted(ProcessHandle.current().pid())), line);
    assertTrue(Files.readString(kernel).endsWith("<13>bpfgauge: " + line + "\n"), line);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  /** A call that the kernel refuses: nobody's right, and nothing it knows. */
  @Test
  void theSystemCallIsSeenBeforeItsEnd() throws Exception {
    requirePrograms();
    Requires.that(Files.isExecutable(Path.of("/usr/bin/cc")), "cc");
    Path source =
        Files.writeString(
            folder.resolve("refused.c"),
            """
            #include <sys/syscall.h>
            #include <unistd.h>
            int main(void) {
              if (setgid(65534) || setuid(65534)) return 1;
              return syscall(SYS_reboot, 0xfee1dead, 672274793, 0x11111111, 0) != -1;
            }
            """);
    String program = folder.resolve("refused").toString();
    assertEquals(0, new ProcessBuilder("cc", "-o", program, source.toString()).start().waitFor());
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (Reboot module =
        Reboot.attach(new Reboot.Options(folder.resolve("requests"), Path.of("/dev/null"), 0))) {
      assertEquals(0, new ProcessBuilder(program).start().waitFor());

      Request request = module.events().getLast();
      assertEquals("system call: 0x11111111, unknown", request.way());
      assertEquals(65534, request.who().uid());
      assertEquals(program, request.arguments().line());
    }
  }

  @Test
  void ofProgramsWithManyUsesOnlyTheRequestsCount() {
    assertTrue(command("systemctl", "systemctl", "reboot").isRequest());
    assertTrue(command("systemctl", "systemctl", "start", "poweroff.target").isRequest());
    assertTrue(command("init", "/sbin/init", "6").isRequest());
    assertTrue(command("busybox", "busybox", "reboot", "-f").isRequest());
    assertTrue(command("shutdown", "shutdown", "-c").isRequest());
    assertFalse(command("systemctl", "systemctl", "restart", "cron").isRequest());
    assertFalse(command("busybox", "busybox", "ls", "halt").isRequest());
  }

  @Test
  void aSentenceHasWhoAndWhere() {
    assertEquals(
        "2026-01-02T03:04:05Z command: process 9, user 0, shutdown: shutdown -r now; from"
            + " bash(8) < sshd(2) < systemd(1); control group /user.slice",
        command("shutdown", "shutdown", "-r", "now").sentence());
  }

  @Test
  void aFileThatCannotBeWrittenIsRefused() {
    String said =
        assertThrows(
                Refusal.class,
                () -> RequestLog.open(folder.resolve("none/file"), Path.of("/dev/null")))
            .getMessage();
    assertTrue(said != null && said.contains("-o"), said);
  }

  /** Not a row without a place when it is too late. */
  @Test
  void aFullDiskIsRefusedAtTheBegin() {
    try (RequestLog log = RequestLog.open(Path.of("/dev/full"), Path.of("/dev/null"))) {
      String said = assertThrows(Refusal.class, () -> log.begin("a line")).getMessage();
      assertTrue(said != null && said.contains("No space left"), said);
    }
  }

  @Test
  void withoutAKernelLogItWarnsAndKeepsOnTheDisk() {
    try (RequestLog log = RequestLog.open(folder.resolve("file"), folder.resolve("none"))) {
      assertEquals("disk", log.keep("a line"));
      assertEquals(1, log.warnings().size());
    }
  }

  private static Request command(String comm, String... words) {
    List<Parent> parents =
        List.of(new Parent(8, "bash"), new Parent(2, "sshd"), new Parent(1, "systemd"));
    return new Request(
        0,
        Instant.parse("2026-01-02T03:04:05Z"),
        How.COMMAND,
        0,
        new Identity(9, 9, 0, "/user.slice", parents, false),
        comm,
        new Arguments(List.of(words), false, false),
        "");
  }

  private static void requirePrograms() {
    Requires.bpf();
    Requires.root();
  }
}
