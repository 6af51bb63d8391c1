package dev.bpfgauge.launch;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The JVM that the program needs, which this process becomes, so that there are not two: one in
 * {@link Launcher#LOCALE}, and for a tracing tool one that stays small and quiet beside the load.
 *
 * <p>How a JVM reads its arguments and names files is settled by the locale it starts in, and
 * nothing changes it later: under cron, {@code ssh -T} or LC_ALL=C no file named é can be opened.
 * The programs it starts, whose output is parsed, have that locale from it.
 */
final class FreshJvm {
  /** The words of a command line are bytes, and pass as they are. */
  private static final Charset BYTES = StandardCharsets.ISO_8859_1;

  private FreshJvm() {}

  /**
   * Begins anew where this JVM is not that one. Returns where it is, or where that is not possible:
   * the program then runs in it as it is.
   *
   * @param tool a tracing tool is to run; one whose JVM was given flags keeps them alone
   */
  static void become(boolean tool) {
    try {
      List<String> given = commandLine("self", BYTES);
      int jar = given.indexOf("-jar");
      if (jar < 0) {
        return;
      }
      boolean small = tool && !isFlagged(given.subList(0, jar));
      Libc libc = new Libc();
      boolean moves = !Launcher.LOCALE.equals(System.getenv("LC_ALL")) && libc.hasLocale();
      if (!small && !moves) {
        return;
      }
      List<String> command = new ArrayList<>();
      command.add(new File(System.getProperty("java.home", ""), "bin/java").getPath());
      command.addAll(small ? Launcher.TOOL_FLAGS : List.of());
      command.addAll(given.subList(1, given.size()));
      if (moves) {
        libc.setLocale();
      }
      libc.exec(command);
    } catch (Throwable e) { // Whatever it was, the program runs here as well.
      return;
    }
  }

  private static boolean isFlagged(List<String> flags) {
    return Boolean.getBoolean("bpfgauge.tool.jvm")
        || flags.stream().anyMatch(word -> word.startsWith("-X"))
        || System.getenv("JAVA_TOOL_OPTIONS") != null
        || System.getenv("JDK_JAVA_OPTIONS") != null;
  }

  /** The words that a process was started with; proc_pid_cmdline(5). */
  static List<String> commandLine(String pid, Charset charset) throws IOException {
    byte[] all = Files.readAllBytes(Path.of("/proc", pid, "cmdline"));
    List<String> words = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < all.length; i++) {
      if (all[i] == 0) { // Each word ends with one; a word may be empty.
        words.add(new String(all, start, i - start, charset));
        start = i + 1;
      }
    }
    return words;
  }

  /** What is called of the C library. */
  private static final class Libc {
    private static final int LC_CTYPE_MASK = 1;
    private static final int OVERWRITE = 1;

    private final Linker linker = Linker.nativeLinker();

    boolean hasLocale() throws Throwable {
      MethodHandle newlocale =
          handle(
              "newlocale",
              FunctionDescriptor.of(
                  ValueLayout.ADDRESS,
                  ValueLayout.JAVA_INT,
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS));
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment locale =
            (MemorySegment)
                newlocale.invokeExact(
                    LC_CTYPE_MASK, arena.allocateFrom(Launcher.LOCALE), MemorySegment.NULL);
        return !locale.equals(MemorySegment.NULL);
      }
    }

    void setLocale() throws Throwable {
      MethodHandle setenv =
          handle(
              "setenv",
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT,
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS,
                  ValueLayout.JAVA_INT));
      MethodHandle unsetenv =
          handle("unsetenv", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
      try (Arena arena = Arena.ofConfined()) {
        int set =
            (int)
                setenv.invokeExact(
                    arena.allocateFrom("LC_ALL"), arena.allocateFrom(Launcher.LOCALE), OVERWRITE);
        // It would choose the language of messages, whatever LC_ALL says.
        int unset = (int) unsetenv.invokeExact(arena.allocateFrom("LANGUAGE"));
        assert set == 0 && unset == 0;
      }
    }

    /** Returns where it fails. */
    void exec(List<String> command) throws Throwable {
      MethodHandle execv =
          handle(
              "execv",
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment words = arena.allocate(ValueLayout.ADDRESS, command.size() + 1L);
        for (int i = 0; i < command.size(); i++) {
          words.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(command.get(i), BYTES));
        }
        int failed = (int) execv.invokeExact(words.get(ValueLayout.ADDRESS, 0), words);
        assert failed != 0;
      }
    }

    private MethodHandle handle(String name, FunctionDescriptor shape) {
      return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), shape);
    }
  }
}
