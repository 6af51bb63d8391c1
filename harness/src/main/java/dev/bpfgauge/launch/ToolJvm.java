package dev.bpfgauge.launch;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM for a tracing tool: one that stays small and quiet beside the load it looks at. This
 * process becomes it, so that there are not two.
 */
final class ToolJvm {
  private ToolJvm() {}

  /**
   * Begins anew with {@link Launcher#TOOL_FLAGS}. Returns where that is not possible, or where
   * whoever started this JVM gave it flags: the tool then runs in it as it is.
   */
  static void become() {
    try {
      String line = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.UTF_8);
      List<String> given = List.of(line.split("\0"));
      int jar = given.indexOf("-jar");
      boolean flagged =
          given.subList(0, Math.max(0, jar)).stream().anyMatch(word -> word.startsWith("-X"));
      if (jar < 0
          || flagged
          || System.getenv("JAVA_TOOL_OPTIONS") != null
          || System.getenv("JDK_JAVA_OPTIONS") != null) {
        return;
      }
      List<String> command = new ArrayList<>();
      command.add(new File(System.getProperty("java.home", ""), "bin/java").getPath());
      command.addAll(Launcher.TOOL_FLAGS);
      command.addAll(given.subList(1, given.size()));
      exec(command);
    } catch (Throwable e) { // Whatever it was, the tool runs here as well.
      return;
    }
  }

  private static void exec(List<String> command) throws Throwable {
    Linker linker = Linker.nativeLinker();
    MethodHandle execv =
        linker.downcallHandle(
            linker.defaultLookup().find("execv").orElseThrow(),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment words = arena.allocate(ValueLayout.ADDRESS, command.size() + 1L);
      for (int i = 0; i < command.size(); i++) {
        words.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(command.get(i)));
      }
      int failed = (int) execv.invokeExact(words.get(ValueLayout.ADDRESS, 0), words);
      assert failed != 0;
    }
  }
}
