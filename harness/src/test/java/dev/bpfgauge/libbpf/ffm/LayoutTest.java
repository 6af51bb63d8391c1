package dev.bpfgauge.libbpf.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our structs against the C compiler and the headers of this machine. */
class LayoutTest {

  /** Bit-fields, of which C gives no offset. */
  private static final Set<String> WITHOUT_OFFSET = Set.of("gpl_compatible", "flags");

  private static final String HEADERS =
      """
      #include <stddef.h>
      #include <stdio.h>
      #include <linux/bpf.h>
      #include <linux/btf.h>
      #include <linux/perf_event.h>
      #include <bpf/bpf.h>
      #include <bpf/libbpf.h>
      int main(void) {
      """;

  @Test
  void everyFieldLiesWhereTheCompilerPutsIt(@TempDir Path folder)
      throws IOException, InterruptedException {
    StringBuilder program = new StringBuilder(HEADERS);
    List<String> expected = new ArrayList<>();
    for (CStruct struct : Uapi.STRUCTS) {
      struct
          .fields()
          .forEach((name, field) -> {
            if (!isBitField(struct, name)) {
              program.append(
                  "printf(\"%s.%s %%zu %%zu\\n\", offsetof(%s, %s), sizeof(((%s *)0)->%s));\n"
                      .formatted(struct.name(), name, struct.name(), name, struct.name(), name));
              expected.add(
                  "%s.%s %d %d".formatted(struct.name(), name, field.offset(), field.size()));
            }
          });
    }
    Path source = folder.resolve("layout.c");
    Files.writeString(source, program + "return 0; }\n");
    Path binary = folder.resolve("layout");
    Requires.that(
        run(folder, "cc", "-o", binary.toString(), source.toString()) == 0,
        "a C compiler, linux-libc-dev and libbpf-dev");
    Path output = folder.resolve("out");
    assertEquals(0, run(folder, binary.toString()));
    assertTrue(expected.size() > 50);
    assertEquals(expected, Files.readAllLines(output));
  }

  @Test
  void theStructsWhoseSizeIsTheirVersionEndWhereTheirFirstVersionDid() {
    assertEquals(64, Uapi.perf_event_attr.size(), "PERF_ATTR_SIZE_VER0");
    assertEquals(80, Uapi.bpf_test_run_opts.size());
    assertEquals(12, Uapi.btf_type.size());
  }

  private static boolean isBitField(CStruct struct, String field) {
    return WITHOUT_OFFSET.contains(field)
        && Set.of("struct bpf_prog_info", "struct perf_event_attr").contains(struct.name());
  }

  private static int run(Path folder, String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(folder.resolve("out").toFile())
          .start()
          .waitFor();
    } catch (IOException e) {
      return -1;
    }
  }
}
