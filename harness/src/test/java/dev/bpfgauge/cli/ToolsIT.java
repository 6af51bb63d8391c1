package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The tracing tools as users type them: output, ends, and what goes wrong. */
class ToolsIT {
  /** What these trace may not happen in a second of a machine; their own tests make it happen. */
  private static final Set<String> RARE =
      Set.of("reboot", "high-order", "mutex-monitor", "throttle-delay");

  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("dev.bpfgauge.suite.tools.BuiltInTools#names")
  void eachToolSaysInJsonHowItIsAttachedWhatItCountedAndWhatItLost(String tool) throws Exception {
    Requires.bpf();
    Requires.root();
    Jar.Ended ended;
    try (Events events = Events.in(folder)) {
      String family = ToolSpec.of(tool).family().word();
      List<String> command = new ArrayList<>(List.of(family, tool, "--json", "1", "1"));
      if (tool.equals("offwaketime")) { // of all the machine's stacks two may want the same place
        command.addAll(List.of("-p", Long.toString(events.files.pid())));
      }
      if (tool.equals("reboot")) { // its usual file is the machine's
        command.addAll(List.of("-o", folder.resolve("requests.log").toString()));
      }
      ended = new Jar(folder).run(command.toArray(String[]::new));
    }

    assertEquals(0, ended.exitCode(), ended.err());
    List<JsonNode> lines = ended.out().lines().map(line -> Json.tree(line, "a line")).toList();
    assertTrue(lines.size() >= 3, ended.out());
    lines.forEach(line -> assertEquals(tool, line.get("tool").asString()));
    assertFalse(lines.getFirst().get("attached").asString().isEmpty(), ended.out());
    JsonNode last = lines.getLast();
    assertTrue(last.get("seen").asLong() > 0 || RARE.contains(tool), ended.out());
    assertTrue(last.has("missed") || last.has("missed_unavailable"), ended.out());
    long most = tool.startsWith("bio") ? 5 : 0; // docs/tools.md: what reaches no program
    assertTrue(last.get("lost").asLong() <= most, last.toString());
    boolean isModule = ToolSpec.of(tool).family() == ToolSpec.Family.DIAGNOSE;
    assertEquals(isModule, last.path("own_user_cpu_percent").asDouble() > 0, last.toString());
    assertEquals(isModule, last.has("own_programs_cpu_percent"), last.toString());
    assertEquals(isModule, last.path("own_peak_bytes").asLong() > 1 << 20, last.toString());
  }

  @Test
  void aModuleThatTakesMoreThanItsBudgetEndsAndSaysSo() throws Exception {
    Requires.bpf();
    Requires.root();
    Process calls =
        new ProcessBuilder("dd", "if=/dev/zero", "of=/dev/null", "bs=1")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      Jar.Ended ended =
          new Jar(folder).run("diagnose", "sys-cost", "--budget", "0.001", "600", "1");

      assertEquals(ExitCode.PARTIAL, ended.exitCode(), ended.out() + ended.err());
      assertTrue(ended.out().contains("\nwrite "), ended.out());
      assertTrue(ended.out().contains("Its own cost: "), ended.out());
      assertTrue(ended.err().contains("--budget allows 0.001 %."), ended.err());
    } finally {
      calls.destroyForcibly().waitFor();
    }
  }

  /** What each tool traces, again and again until it is closed. */
  private static final class Events implements AutoCloseable {
    private final Process files;
    private final String disk;
    private final Thread sender;

    private Events(Process files, String disk, Thread sender) {
      this.files = files;
      this.disk = disk;
      this.sender = sender;
    }

    static Events in(Path folder) throws Exception {
      Path file = folder.resolve("disk");
      Files.write(file, new byte[1 << 20]);
      String disk = output("losetup", "--find", "--show", file.toString());
      Process files =
          new ProcessBuilder(
                  "sh",
                  "-c",
                  "while sleep 0.05; do dd if=$0 of=/dev/null bs=4k count=8 iflag=direct;"
                      + " dd if=$1 of=/dev/null bs=4k count=8; done",
                  disk,
                  file.toString())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      Thread sender = Thread.ofPlatform().daemon().start(Events::send);
      return new Events(files, disk, sender);
    }

    private static void send() {
      try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          Socket out = new Socket(server.getInetAddress(), server.getLocalPort());
          Socket in = server.accept()) {
        while (!Thread.interrupted()) {
          out.getOutputStream().write(new byte[100]);
          in.getInputStream().readNBytes(100);
          Thread.sleep(50);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static String output(String... command) throws IOException {
      return new String(
              new ProcessBuilder(command).start().getInputStream().readAllBytes(),
              StandardCharsets.UTF_8)
          .strip();
    }

    @Override
    public void close() throws IOException {
      sender.interrupt();
      files.descendants().forEach(ProcessHandle::destroyForcibly);
      files.destroyForcibly().onExit().join();
      output("losetup", "--detach", disk);
    }
  }

  /** Room for one stack and four pairs, where all of the machine waits. */
  @Test
  void whatWasLostIsSaidByItsReason() throws Exception {
    Requires.bpf();
    Jar.Ended ended =
        new Jar(folder)
            .run("tools", "offwaketime", "--stack-storage-size", "1", "--json", "1", "1");

    assertEquals(0, ended.exitCode(), ended.err());
    JsonNode last = Json.tree(ended.out().lines().toList().getLast(), "what it printed");
    long lost = last.get("lost").asLong();
    assertTrue(lost > 0, last.toString());
    assertTrue(last.get("lost_by").get("stacks").asLong() > 0, last.toString());
    assertEquals(
        lost, last.get("lost_by").valueStream().mapToLong(JsonNode::asLong).sum(), last.toString());
  }

  @Test
  void foldedOutputIsFoldedLinesOnly() throws Exception {
    Requires.bpf();
    Jar.Ended ended = new Jar(folder).run("tools", "offwaketime", "-f", "1", "1");

    assertEquals(0, ended.exitCode(), ended.err());
    assertFalse(ended.out().isBlank(), ended.err());
    ended.out().lines().forEach(line -> assertTrue(line.matches("[^;]*;.*--.* \\d+"), line));
    assertTrue(ended.err().contains("Hit Ctrl-C to end."), ended.err());
  }

  @Test
  void timesOfBiosnoopBeginAtNothing() throws Exception {
    Requires.bpf();
    Requires.root();
    Jar.Ended ended;
    try (Events _ = Events.in(folder)) {
      ended = new Jar(folder).run("tools", "biosnoop", "--json", "1", "1");
    }
    ended
        .out()
        .lines()
        .map(line -> Json.tree(line, "a line"))
        .flatMap(line -> line.path("rows").valueStream())
        .forEach(row -> assertTrue(row.get("time_s").asDouble() >= 0, row.toString()));
  }

  @ParameterizedTest
  @CsvSource({
    "cpudist -O -p, --pid",
    "biosnoop -p, --pid",
    "filetop -p, --pid",
    "offwaketime -p, --pid",
    "offwaketime -t, --tid"
  })
  void aNumberOfAPidNamespaceIsRefused(String command, String option) throws Exception {
    Requires.bpf();
    Requires.root();
    Jar.Ended ended =
        new Jar(folder)
            .through("unshare", "-pf", "--mount-proc", "--kill-child", "--")
            .run(("tools " + command + " 1 1 1").split(" ", -1));

    assertEquals(2, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.err().contains(option + " 1 is a number of this PID namespace"), ended.err());
    assertEquals(1, ended.complaint().size(), ended.err());
  }

  @Test
  void hiddenKernelSymbolsAreSaidOnce() throws Exception {
    Requires.bpf();
    Requires.root();
    Path hidden = Files.writeString(folder.resolve("kallsyms"), "0000000000000000 T _text\n");
    Jar.Ended ended =
        new Jar(folder)
            .through(
                "unshare",
                "-m",
                "sh",
                "-c",
                "mount --bind " + hidden + " /proc/kallsyms && exec \"$@\"",
                "sh")
            .run("tools", "offwaketime", "-K", "1", "1");

    assertEquals(0, ended.exitCode(), ended.err());
    assertTrue(ended.err().contains("sysctl kernel.kptr_restrict=1"), ended.err());
    assertEquals(1, ended.err().lines().count(), ended.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "biolatency -d nodisk          | there is no disk nodisk; there are:",
        "biolatency -D -F              | -D and -F",
        "biosnoop --disk /dev/null     | there is no disk /dev/null",
        "biosnoop -p 99999999          | there is no process 99999999",
        "cpudist -p -1                 | there is no process -1",
        "cpudist -c /nonexistent       | /nonexistent is not a control group",
        "cpudist -c /sys/kernel        | /sys/kernel is not a control group",
        "cpudist 0                     | interval and count are whole numbers from 1: tools cpudist"
            + " 5 3",
        "biolatency -D 0               | interval and count are whole numbers from 1: tools"
            + " biolatency 5 3",
        "filetop 1 0                   | tools filetop 5 3",
        "cpudist 1 0                   | interval and count are whole numbers from 1",
        "cpudist often                 | often",
        "offwaketime -t 99999999       | there is no thread 99999999",
        "offwaketime -t 1 -p 2         | thread 1 is not of process 2 but of 1",
        "offwaketime --stack-storage-size 0 | --stack-storage-size is a whole number from 1",
        "offwaketime -u -k             | -u and -k",
        "offwaketime -m 10 -M 5        | the other way round",
        "filetop -s size               | --sort takes all, reads, writes, rbytes or wbytes, not"
            + " size",
        "filetop -r 0                  | --maxrows wants a whole number from 1",
        "tcpsubnet -f gb               | --format takes b, k or m",
        "tcpsubnet --subnets 10.0.0/8  | \"10.0.0/8\" is not a subnet",
        "cpudits                       | cpudist"
      })
  void badUsageIsOneSentenceAndExitCode2(String options, String named) throws Exception {
    Jar.Ended ended = new Jar(folder).run(("tools " + options.strip()).split(" +", -1));

    assertEquals(2, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.err().startsWith("bpfgauge: "), ended.err());
    assertTrue(ended.err().contains(named), ended.err());
    assertFalse(ended.err().contains("\tat "), ended.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"biolatency", "cpudist", "filetop"})
  void withoutRootTheMissingCapabilityIsNamed(String tool) throws Exception {
    Requires.root();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    Jar nobody = new Jar(folder).through("setpriv", "--reuid=65534", "--clear-groups", "--");

    Jar.Ended ended = nobody.run("tools", tool, "1", "1");

    assertEquals(3, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.err().contains("CAP_BPF"), ended.err());
    assertTrue(ended.err().contains(tool + " cannot be attached here"), ended.err());
    assertEquals(1, ended.err().lines().count(), ended.err());
  }

  @Test
  void ctrlCPrintsWhatThereIsByThen() throws Exception {
    Requires.bpf();
    Jar jar = new Jar(folder).through("env", "--default-signal=INT");
    Process tool = jar.start("tools", "cpudist");
    try {
      await(() -> said().contains("Hit Ctrl-C to end."), tool);
      assertEquals(
          0, new ProcessBuilder("kill", "-INT", Long.toString(tool.pid())).start().waitFor());
      assertTrue(tool.waitFor(Patience.SECONDS, TimeUnit.SECONDS), jar.output());
      assertEquals(130, tool.exitValue(), jar.output());
    } finally {
      tool.destroyForcibly().waitFor();
    }
    assertTrue(said().contains("distribution"), jar.output());
  }

  /** And stays one process: the one that was started. */
  @Test
  void aToolsJvmIsSmallUnlessItsUserGivesItFlags() throws Exception {
    Requires.bpf();
    assertTrue(commandLine(new Jar(folder)).contains("-XX:+UseSerialGC"));
    assertFalse(
        commandLine(new Jar(folder).with("JDK_JAVA_OPTIONS", "-Xmx1g")).contains("UseSerialGC"));
  }

  /** Of a tool that is attached. */
  private String commandLine(Jar jar) throws Exception {
    Process tool = jar.start("tools", "cpudist");
    try {
      await(() -> said().contains("Hit Ctrl-C to end."), tool);
      assertEquals(0, tool.toHandle().children().count());
      return Files.readString(Path.of("/proc/" + tool.pid() + "/cmdline"));
    } finally {
      tool.destroyForcibly().waitFor();
    }
  }

  @Test
  void whereNobodyReadsOnTheToolEnds() throws Exception {
    Requires.bpf();
    Jar.Ended ended =
        new Jar(folder)
            .through("sh", "-c", "\"$@\" | head -n 2", "sh")
            .run("tools", "cpudist", "1");

    assertEquals(2, ended.out().lines().count(), ended.out() + ended.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpudist", "offwaketime", "biosnoop", "filetop"})
  void aKilledToolLeavesNothingAttached(String name) throws Exception {
    Requires.bpf();
    Requires.root();
    Set<Integer> programs = new TreeSet<>();
    Process tool = new Jar(folder).start("tools", name);
    try {
      await(() -> said().contains("Hit Ctrl-C to end."), tool);
      programs.addAll(programsOf(tool.pid()));
    } finally {
      tool.destroyForcibly().waitFor();
    }
    assertFalse(programs.isEmpty());
    for (int id : programs) {
      await(() -> isGone(id), null);
    }
  }

  static boolean isGone(int program) {
    int fd = LibBpf.bpf_prog_get_fd_by_id(program);
    if (fd >= 0) {
      try (Arena arena = Arena.ofConfined()) {
        LibC.close(Errno.allocate(arena), fd); // else it were us who hold it
      }
    }
    return fd == -Errno.ENOENT;
  }

  /** Ids of the BPF programs that a process holds, from /proc/PID/fdinfo. */
  static Set<Integer> programsOf(long process) throws IOException {
    Set<Integer> ids = new TreeSet<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + process + "/fdinfo"))) {
      for (Path descriptor : descriptors.toList()) {
        Files.readAllLines(descriptor).stream()
            .filter(line -> line.startsWith("prog_id:"))
            .forEach(line -> ids.add(Integer.parseInt(line.substring(8).strip())));
      }
    }
    return ids;
  }

  private String said() {
    try {
      return Files.readString(folder.resolve("out.txt"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(BooleanSupplier condition, @Nullable Process alive)
      throws InterruptedException {
    Patience.until("the tool's doing", condition, () -> alive == null || alive.isAlive());
  }
}
