package dev.bpfgauge.libbpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** bpf/compile.sh: one object for each source and architecture, the same wherever it is built. */
class CompiledObjectsTest {

  private static final Path SOURCES = Path.of(System.getProperty("project.root", ".."), "bpf");

  private record Result(int exit, String output) {}

  private static Result compile(Path script, Path out, String clang)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(script.toString(), out.toString()).redirectErrorStream(true);
    builder.environment().put("CLANG", clang);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }

  private static void compileOrSkip(Path script, Path out)
      throws IOException, InterruptedException {
    Result result = compile(script, out, "clang");
    Requires.that(result.exit == 0, "clang and libbpf-dev: " + result.output);
  }

  @Test
  void aMissingCompilerIsSaidWithTheCommandThatInstallsIt(@TempDir Path out)
      throws IOException, InterruptedException {
    Result result = compile(SOURCES.resolve("compile.sh"), out, "clang-of-tomorrow");
    assertEquals(1, result.exit);
    assertTrue(result.output.contains("clang-of-tomorrow is missing"), result.output);
    assertTrue(result.output.contains("apt install clang llvm libbpf-dev"), result.output);
  }

  /** A copy of the script and of one of the sources: all of them take a minute. */
  private static Path script(Path folder) throws IOException {
    Path maps = Files.createDirectories(folder.resolve("bpf/maps"));
    for (String file : List.of("selftest.bpf.c", "selftest.h")) {
      Files.copy(SOURCES.resolve("maps").resolve(file), maps.resolve(file));
    }
    Path script = maps.resolveSibling("compile.sh");
    Files.copy(SOURCES.resolve("compile.sh"), script);
    return script;
  }

  @Test
  void theSameSourcesInAnotherFolderGiveTheSameBytes(@TempDir Path folder)
      throws IOException, InterruptedException {
    compileOrSkip(script(folder.resolve("here")), folder.resolve("a"));
    compileOrSkip(script(folder.resolve("some where")), folder.resolve("b"));
    for (String arch : List.of("x86", "arm64")) {
      Path object = Path.of(arch, "maps", "selftest.bpf.o");
      byte[] bytes = Files.readAllBytes(folder.resolve("a").resolve(object));
      assertEquals(
          -1,
          Files.mismatch(folder.resolve("a").resolve(object), folder.resolve("b").resolve(object)));
      assertFalse(
          new String(bytes, StandardCharsets.ISO_8859_1).contains(folder.toRealPath().toString()));
    }
  }

  @Test
  void onlyWhatChangedIsCompiledAgain(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path script = script(folder);
    Path out = folder.resolve("out");
    compileOrSkip(script, out);
    Path object = out.resolve("x86/maps/selftest.bpf.o");
    FileTime first = Files.getLastModifiedTime(object);
    compileOrSkip(script, out);
    assertEquals(first, Files.getLastModifiedTime(object));
    Files.setLastModifiedTime(object, FileTime.fromMillis(0));
    compileOrSkip(script, out);
    assertTrue(Files.getLastModifiedTime(object).toMillis() > 0);
  }

  /** Each architecture is compiled by a process of its own. */
  @Test
  void whatCannotBeCompiledFailsForEitherArchitecture(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path script = script(folder);
    compileOrSkip(script, folder.resolve("out"));
    for (String arch : List.of("x86", "arm64")) {
      Files.writeString(
          script.resolveSibling("wrong.bpf.c"),
          "#ifdef __TARGET_ARCH_%s\n#error not for you\n#endif\n".formatted(arch));
      Result result = compile(script, folder.resolve("out"), "clang");
      assertTrue(result.exit != 0, arch);
      assertTrue(result.output.contains("not for you"), result.output);
    }
  }
}
