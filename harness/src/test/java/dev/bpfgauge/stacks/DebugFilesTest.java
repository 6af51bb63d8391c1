package dev.bpfgauge.stacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.suite.tools.TestPrograms;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Stripped programs, whose symbols are elsewhere; binutils strips them and says the build-id. */
class DebugFilesTest {
  private static final String SOURCE =
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <stdio.h>
      #include <unistd.h>

      static __attribute__((noinline)) void hidden(void) { pause(); }

      int main(void) {
        void *vdso = dlopen("linux-vdso.so.1", RTLD_LAZY | RTLD_NOLOAD);
        void *time = vdso ? dlsym(vdso, "__vdso_gettimeofday") : 0;
        if (vdso && !time) time = dlsym(vdso, "__kernel_gettimeofday");
        printf("%p %p\\n", (void *)hidden, time);
        fflush(stdout);
        hidden();
      }
      """;

  @TempDir Path folder;
  private Path program = Path.of("/");
  private Path symbols = Path.of("/");

  @BeforeEach
  void aStrippedProgram() throws Exception {
    TestPrograms.require("cc", "objcopy", "readelf");
    Requires.root();
    program = folder.resolve("hides");
    symbols = folder.resolve("hides.debug");
    Path source = Files.writeString(folder.resolve("hides.c"), SOURCE);
    TestPrograms.run(
        "cc", "-O1", "-Wl,--build-id=sha1", "-o", program.toString(), source.toString(), "-ldl");
    objcopy("--only-keep-debug", program.toString(), symbols.toString());
    objcopy("--strip-all", program.toString());
  }

  private static void objcopy(String... arguments) throws Exception {
    TestPrograms.run(
        Stream.concat(Stream.of("objcopy"), Stream.of(arguments)).toArray(String[]::new));
  }

  /** What its two functions are called while it runs, in a root of ours beside the machine's. */
  private List<String> names() throws IOException {
    Process runs = new ProcessBuilder(program.toString()).start();
    try (BufferedReader said = runs.inputReader(StandardCharsets.UTF_8)) {
      String[] at = said.readLine().split(" ", 2);
      int pid = Math.toIntExact(runs.pid());
      Path process = Files.createDirectories(folder.resolve("proc/" + pid));
      Files.copy(Path.of("/proc/" + pid + "/maps"), process.resolve("maps"));
      Files.createSymbolicLink(process.resolve("mem"), Path.of("/proc/" + pid + "/mem"));
      Files.createSymbolicLink(
          process.resolve("map_files"), Path.of("/proc/" + pid + "/map_files"));
      Files.createSymbolicLink(
          process.resolve("root"), Files.createDirectories(folder.resolve("root")));
      return new Symbols(folder.resolve("proc"))
          .ofProcess(pid, new long[] {address(at[0]) + 1, address(at[1]) + 1});
    } finally {
      runs.destroyForcibly().onExit().join();
    }
  }

  private static long address(String pointer) {
    return Long.parseUnsignedLong(pointer.substring("0x".length()), 16);
  }

  private String hidden() throws IOException {
    return names().getFirst();
  }

  @Test
  void withoutThemItIsAPlaceInTheFile() throws Exception {
    assertTrue(hidden().matches("hides\\+0x[0-9a-f]+"), hidden());
  }

  @Test
  void theKernelsCodeInTheProcessIsNamed() throws Exception {
    assertTrue(names().getLast().endsWith("gettimeofday"), names().toString());
  }

  @Test
  void byItsBuildIdInTheProcessesRoot() throws Exception {
    String notes = TestPrograms.run("readelf", "-n", program.toString());
    Matcher id = Pattern.compile("Build ID: (..)([0-9a-f]+)").matcher(notes);
    assertTrue(id.find(), notes);
    Path place =
        folder.resolve(
            "root/usr/lib/debug/.build-id/%s/%s.debug".formatted(id.group(1), id.group(2)));
    Files.createDirectories(place.getParent());
    Files.copy(symbols, place);

    assertEquals("hidden", hidden());

    objcopy("--remove-section=.note.gnu.build-id", place.toString());
    assertTrue(hidden().startsWith("hides+0x"), "another file has its name: " + hidden());
  }

  @Test
  void byItsDebugLinkBesideIt() throws Exception {
    objcopy("--add-gnu-debuglink=" + symbols, program.toString());

    assertEquals("hidden", hidden());

    Path below = Files.createDirectory(folder.resolve(".debug")).resolve("hides.debug");
    Files.move(symbols, below);
    assertEquals("hidden", hidden());

    Files.write(below, new byte[1], StandardOpenOption.APPEND);
    assertTrue(hidden().startsWith("hides+0x"), "its sum is another: " + hidden());
  }

  @Test
  void packedWithinIt() throws Exception {
    Path packed = folder.resolve("packed.xz");
    try (OutputStream out = new XZOutputStream(Files.newOutputStream(packed), new LZMA2Options())) {
      Files.copy(symbols, out);
    }
    objcopy("--add-section=.gnu_debugdata=" + packed, program.toString());
    assertEquals("hidden", hidden());

    byte[] torn = Files.readAllBytes(packed);
    torn[torn.length / 2] ^= 0x40;
    Files.write(packed, torn);
    objcopy("--update-section=.gnu_debugdata=" + packed, program.toString());
    assertTrue(hidden().startsWith("hides+0x"), hidden());
  }
}
