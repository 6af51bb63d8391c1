package dev.bpfgauge.suite.prog;

import dev.bpfgauge.Requires;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Objects made of C in tests, by the clang that the build needs anyway. */
public final class Compiled {
  private static final String HEAD =
      """
      #include <linux/bpf.h>
      #include <bpf/bpf_helpers.h>
      #include <bpf/bpf_core_read.h>
      char LICENSE[] SEC("license") = "GPL";
      """;

  /** As bpf/compile.sh: with -target bpf clang forgets where a system keeps asm/types.h. */
  private static final String INCLUDES =
      "clang -v -E -x c /dev/null 2>&1 | sed -n '/^#include <...>/,/^End of search/ s|^"
          + " \\(/.*\\)|-idirafter \\1|p'";

  private Compiled() {}

  /** An object of this source, which a licence and the usual headers stand before. */
  public static Path object(Path folder, String name, String source) throws IOException {
    return plain(folder, name, HEAD + source, "-g");
  }

  /** The same as {@code x.o} of a run whose log lies in the folder. */
  static void objectOfARun(Path folder, String source) throws IOException {
    Path objects = Files.createDirectories(folder.resolve("objects"));
    Files.copy(
        object(folder, "x", source), objects.resolve("x.o"), StandardCopyOption.REPLACE_EXISTING);
  }

  /** An object of this source alone, with these flags. */
  static Path plain(Path folder, String name, String source, String... flags) throws IOException {
    Path file = folder.resolve(name + ".bpf.c");
    Path object = folder.resolve(name + ".bpf.o");
    Files.writeString(file, source);
    List<String> command = new ArrayList<>(List.of("clang", "-O2", "-mcpu=v3"));
    if (List.of(flags).stream().noneMatch(flag -> flag.startsWith("--target"))) {
      command.addAll(List.of("-target", "bpf"));
    }
    command.addAll(List.of(flags));
    for (String word : output("sh", "-c", INCLUDES).split("\\s+", -1)) {
      if (!word.isEmpty()) {
        command.add(word);
      }
    }
    command.addAll(List.of("-c", file.toString(), "-o", object.toString()));
    String said = output(command.toArray(String[]::new));
    Requires.that(Files.exists(object), "clang that compiles BPF: " + said);
    return object;
  }

  private static String output(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
