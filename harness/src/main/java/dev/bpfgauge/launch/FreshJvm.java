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
 * {@link Launcher#LOCALE}, and for a tracing tool or top one that stays small and quiet beside the
 * load.
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
   * @param tool a tracing tool or top is to run; one whose JVM was given flags keeps them alone
   */
  static void become(boolean tool) {
    try {
      List<String> given = words("cmdline");
      int jar = given.indexOf("-jar");
      if (jar < 0) {
        return;
      }
      boolean small = tool && !isFlagged(given.subList(0, jar));
      boolean moves = !Launcher.LOCALE.equals(System.getenv("LC_ALL"));
      if (!small && !moves) {
        return; // Before anything is linked: that takes longer than all else here.
      }
      Libc libc = new Libc();
      moves = moves && libc.hasLocale();
      if (!small && !moves) {
        return;
      }
      List<String> command = new ArrayList<>();
      command.add(new File(System.getProperty("java.home", ""), "bin/java").getPath());
      command.addAll(small ? Launcher.TOOL_FLAGS : List.of());
      command.addAll(given.subList(1, given.size()));
      List<String> environment = words("environ");
      libc.exec(command, moves ? inLocale(environment) : environment);
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

  private static List<String> words(String file) throws IOException {
    return words("self", file, BYTES);
  }

  private static List<String> inLocale(List<String> environment) {
    List<String> other = new ArrayList<>(environment);
    // LANGUAGE would choose the language of messages, whatever LC_ALL says.
    other.removeIf(entry -> entry.startsWith("LC_ALL=") || entry.startsWith("LANGUAGE="));
    other.add("LC_ALL=" + Launcher.LOCALE);
    return other;
  }

  /** The words that a process was started with; proc_pid_cmdline(5). */
  static List<String> commandLine(String pid, Charset charset) throws IOException {
    return words(pid, "cmdline", charset);
  }

  private static List<String> words(String pid, String file, Charset charset) throws IOException {
    byte[] all = Files.readAllBytes(Path.of("/proc", pid, file));
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

  /**
   * What is called of the C library. All of it has three arguments and is called as if they were
   * long integers, in whose registers an int and a pointer are passed as well: to link a function
   * of another shape takes as long as half a JVM's start.
   */
  private static final class Libc {
    private static final int LC_CTYPE_MASK = 1;
    private static final long NULL = 0;

    private static final FunctionDescriptor SHAPE =
        FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG);

    private final Linker linker = Linker.nativeLinker();

    boolean hasLocale() throws Throwable {
      MethodHandle newlocale = handle("newlocale");
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment name = arena.allocateFrom(Launcher.LOCALE);
        return (long) newlocale.invokeExact((long) LC_CTYPE_MASK, name.address(), NULL) != NULL;
      }
    }

    /** Returns where it fails. */
    void exec(List<String> command, List<String> environment) throws Throwable {
      MethodHandle execve = handle("execve");
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment words = array(command, arena);
        long program = words.get(ValueLayout.ADDRESS, 0).address();
        long failed =
            (long)
                execve.invokeExact(program, words.address(), array(environment, arena).address());
        assert failed != 0;
      }
    }

    /** Ended by a null pointer. */
    private static MemorySegment array(List<String> words, Arena arena) {
      MemorySegment array = arena.allocate(ValueLayout.ADDRESS, words.size() + 1L);
      for (int i = 0; i < words.size(); i++) {
        array.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(words.get(i), BYTES));
      }
      return array;
    }

    private MethodHandle handle(String name) {
      return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), SHAPE);
    }
  }
}
