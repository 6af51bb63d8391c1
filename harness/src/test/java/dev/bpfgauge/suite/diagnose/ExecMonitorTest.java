package dev.bpfgauge.suite.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.CompiledStructs;
import dev.bpfgauge.Requires;
import dev.bpfgauge.suite.tools.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Execs that are made, held against the rows. */
class ExecMonitorTest {
  private static final String NOT_THERE = "/nowhere/bpfgauge";

  @TempDir Path folder;

  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(ExecMonitor.ROW, "tools/exec-monitor");
    CompiledStructs.requireSame(Identity.WHO, "tools/exec-monitor");
    CompiledStructs.requireSame(Identity.PARENT, "tools/exec-monitor");
    CompiledStructs.requireSame(Arguments.LAYOUT, "tools/exec-monitor");
  }

  @Test
  void everyExecOfManySideBySideIsShownOnceAndInOrder() {
    try (ExecMonitor module = attach(false)) {
      new KnownExecs(500, 20).proveSeenBy(module::events);
      assertEquals(0, module.tally().lost());
    }
  }

  @Test
  void failuresAreAlsoSeenAtTheEndOfEveryCall() {
    requirePrograms();
    try (ExecMonitor module =
        ExecMonitor.attach(options(false, -1), List.of(ExecMonitor.BY_EVERY_CALL))) {
      new KnownExecs(20, 20).proveSeenBy(module::events);
    }
  }

  @Test
  void argumentsAreCutWhereTheyAreTooLong() throws Exception {
    String longest = "x".repeat(3000);
    List<String> many = IntStream.range(0, 100).mapToObj(Integer::toString).toList();
    try (ExecMonitor module = attach(false)) {
      run("/bin/true", longest);
      run("/bin/true", "a b", "", "\u001b[31m");
      exec(NOT_THERE, longest);
      exec(Stream.concat(Stream.of(NOT_THERE), many.stream()).toArray(String[]::new));

      List<Exec> execs = named(module.events(), "true", "bpfgauge");
      assertEquals("x".repeat(1024 - "/bin/true".length() - 1) + " …", line(execs.get(0)));
      assertEquals("\"a b\" \"\" ?[31m", line(execs.get(1)));
      assertEquals("x".repeat(1024 - NOT_THERE.length() - 1) + " …", line(execs.get(2)));
      assertEquals(String.join(" ", many.subList(0, 63)) + " …", line(execs.get(3)));
    }
  }

  @Test
  void aProcessOfANamespaceHasBothNumbers() throws Exception {
    try (ExecMonitor module = attach(false)) {
      run("unshare", "--fork", "--pid", "/bin/true");

      Exec exec = named(module.events(), "true").getFirst();
      assertEquals(1, exec.who().ownPid());
      assertTrue(exec.who().pid() > 1, exec.toString());
      assertEquals("unshare", exec.who().parents().getFirst().name());
      assertTrue(exec.who().chain().endsWith("(1)"), exec.who().chain());
    }
  }

  @Test
  void aControlGroupIsThatOfProc() throws Exception {
    String own = Files.readString(Path.of("/proc/self/cgroup"));
    String path =
        own.lines().filter(line -> line.startsWith("0::")).findFirst().orElseThrow().substring(3);
    try (ExecMonitor module = attach(false)) {
      run("/bin/true");

      assertEquals(path, named(module.events(), "true").getFirst().who().cgroup());
    }
  }

  @Test
  void onlyFailedOnesAndOnlyAUsersAreShownWhereThatIsAskedFor() throws Exception {
    try (ExecMonitor failed = attach(true);
        ExecMonitor others = ExecMonitor.attach(options(false, 4_000_000_000L))) {
      run("/bin/true");
      exec(NOT_THERE);

      assertTrue(failed.events().stream().allMatch(exec -> exec.result() != 0));
      assertEquals(0, others.tally().seen());
    }
  }

  /** A file by its folder's descriptor, and another name than the file's. */
  @Test
  void aFileByADescriptorIsNamedAsTheKernelNamesIt() throws Exception {
    Path source =
        Files.writeString(
            folder.resolve("at.c"),
            """
            #define _GNU_SOURCE
            #include <fcntl.h>
            #include <unistd.h>
            int main(void) {
              char *argv[] = {"other", "1", 0};
              int bin = open("/bin", O_PATH);
              dup2(bin, 9);
              execveat(9, "bpfgauge-is-not-there", argv, argv + 2, 0);
              execveat(9, "true", argv, argv + 2, 0);
              return 1;
            }
            """);
    String program = folder.resolve("at").toString();
    Requires.that(Files.isExecutable(Path.of("/usr/bin/cc")), "cc");
    assertEquals(0, run("cc", "-o", program, source.toString()));
    try (ExecMonitor module = attach(false)) {
      assertEquals(0, run(program));

      Rows rows = (Rows) module.take();
      int file = rows.columns().stream().map(Rows.Column::key).toList().indexOf("file");
      List<List<Object>> last = rows.rows().subList(rows.rows().size() - 2, rows.rows().size());
      assertEquals("ENOENT", last.getFirst().get(4));
      assertEquals("/dev/fd/9/bpfgauge-is-not-there", last.getFirst().get(file));
      assertEquals("ok", last.get(1).get(4));
      assertEquals("/dev/fd/9/true", last.get(1).get(file));
      assertEquals("[other] 1", last.get(1).get(file + 1));
    }
  }

  @Test
  void theMountOfControlGroupsIsFoundByItsType() {
    String mounts =
        """
        proc /proc proc rw 0 0
        tmpfs /sys/fs/cgroup tmpfs rw 0 0
        cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0
        """;
    assertEquals(Path.of("/sys/fs/cgroup/unified"), ControlGroups.mount(mounts).orElseThrow());
    assertFalse(ControlGroups.mount("proc /proc proc rw 0 0").isPresent());
  }

  private static ExecMonitor attach(boolean onlyFailed) {
    requirePrograms();
    return ExecMonitor.attach(options(onlyFailed, -1));
  }

  private static void requirePrograms() {
    Requires.bpf();
    Requires.root();
  }

  private static ExecMonitor.Options options(boolean onlyFailed, long uid) {
    int self = Math.toIntExact(ProcessHandle.current().pid());
    return new ExecMonitor.Options(onlyFailed, "", uid, self, 0);
  }

  private static List<Exec> named(List<Exec> execs, String... names) {
    return execs.stream()
        .filter(exec -> List.of(names).contains(exec.file().replaceFirst(".*/", "")))
        .toList();
  }

  private static String line(Exec exec) {
    return exec.arguments().behind(exec.file());
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  /** Has a shell try a file that is not there. */
  private static void exec(String... command) {
    ShellScript.run("\"$@\"", command);
  }
}
