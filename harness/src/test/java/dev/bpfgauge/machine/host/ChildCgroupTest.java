package dev.bpfgauge.machine.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What doctor says of cgroups is what a load gets. */
class ChildCgroupTest {
  private static final String NAME = "test-" + ProcessHandle.current().pid();

  @TempDir Path folder;

  @Test
  void aMachineWithoutTheHierarchyHasNone() throws IOException {
    Files.createDirectories(folder.resolve("proc/self"));
    Files.writeString(folder.resolve("proc/self/cgroup"), "1:cpu:/\n");
    Files.writeString(folder.resolve("proc/self/mountinfo"), "");
    ChildCgroup none = ChildCgroup.make(NAME, Roots.under(folder));
    assertTrue(none instanceof ChildCgroup.Absent, none.toString());
  }

  @Test
  void whatIsMadeTakesProcesses() throws IOException {
    ChildCgroup made = ChildCgroup.make(NAME);
    Requires.that(made instanceof ChildCgroup.Made, "a writable cgroup: " + made);
    Path group = ((ChildCgroup.Made) made).folder();
    assertEquals("populated 0", Files.readAllLines(group.resolve("cgroup.events")).getFirst());
    Files.delete(group);
  }

  /** The shell that tries it is still in there when the wait for it is cut off. */
  @Test
  void whoIsInterruptedMeanwhileLeavesNone() throws IOException {
    for (int i = 0; i < 20; i++) {
      Thread.currentThread().interrupt();
      ChildCgroup made = ChildCgroup.make(NAME + "-" + i);
      assertTrue(Thread.interrupted(), "the interrupt is kept for the caller");
      Requires.that(made instanceof ChildCgroup.Made, "a writable cgroup: " + made);
      Files.delete(((ChildCgroup.Made) made).folder());
    }
  }

  @Test
  void aReadOnlyMountIsNamedWithItsFix() throws Exception {
    String out = inNamespaceOf("mount -o remount,ro,bind \"$cgroup\"");
    assertTrue(out.startsWith("Refused"), out);
    assertTrue(out.contains("is mounted read-only"), out);
    assertTrue(out.contains("fix=sudo mount -o remount,rw,bind"), out);
    assertFalse(out.contains("fix=run it with sudo"), out);
  }

  /** The kernel's rule: beside a threaded cgroup below, a parent's own child is no domain. */
  @Test
  void belowAThreadedCgroupIsNoPlace() throws Exception {
    String out =
        inNamespaceOf(
            "top=\"$cgroup/"
                + NAME
                + "-threaded\" && mkdir \"$top\" && echo $$ > \"$top/cgroup.procs\""
                + " && mkdir \"$top/t\" && echo threaded > \"$top/t/cgroup.type\"",
            "echo $$ > \"$cgroup/cgroup.procs\"; rmdir \"$top/t\" \"$top\"");
    assertTrue(out.startsWith("Refused"), out);
    assertTrue(out.contains("is threaded"), out);
    assertTrue(out.contains("fix=start it from another cgroup"), out);
  }

  private static String inNamespaceOf(String before) throws Exception {
    return inNamespaceOf(before, ":");
  }

  /** What {@link #main} prints in a mount namespace of its own; {@code $cgroup} is the own one. */
  private static String inNamespaceOf(String before, String after) throws Exception {
    Requires.that(Privileges.read().isRoot(), "root");
    Path own = Cgroups.read().unified().orElseThrow();
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    String script =
        "cgroup=$1; %s || exit 9; \"$2\" --enable-native-access=ALL-UNNAMED -cp \"$3\" %s; code=$?; %s; exit $code"
            .formatted(before, ChildCgroupTest.class.getName(), after);
    Process process =
        new ProcessBuilder(
                List.of(
                    "unshare",
                    "-m",
                    "sh",
                    "-c",
                    script,
                    "sh",
                    own.toString(),
                    java.toString(),
                    System.getProperty("java.class.path")))
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), out);
    return out;
  }

  /** Makes one, says how that went, and takes it away. */
  public static void main(String[] args) throws IOException {
    ChildCgroup made = ChildCgroup.make(NAME);
    System.out.println(made);
    if (made instanceof ChildCgroup.Made(Path folder)) {
      Files.delete(folder);
    }
  }
}
