package dev.bpfgauge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What each C source is under: it says so in its first line, and what it is made of allows it. */
class LicencesTest {
  private static final Path ROOT = Path.of(System.getProperty("project.root", "..")).normalize();
  private static final Path BPF = ROOT.resolve("bpf");
  private static final Path USER_SPACE = ROOT.resolve("harness/src/main/resources/c");

  private static final String DUAL = "GPL-2.0-only OR BSD-2-Clause";
  private static final String GPL = "GPL-2.0-only";

  /** Licence → what a BPF program under it tells the kernel. */
  private static final Map<String, String> TOLD = Map.of(DUAL, "Dual BSD/GPL", GPL, "GPL");

  private static final Pattern SPDX = Pattern.compile("SPDX-License-Identifier: (.+?)(?: \\*/)?$");
  private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"([^\"]+)\"");
  private static final Pattern TELLS = Pattern.compile("SEC\\(\"license\"\\) = \"([^\"]+)\"");

  @Test
  void everySourceNamesOneLicenceInItsFirstLine() throws IOException {
    for (Path file : sources(BPF)) {
      assertTrue(TOLD.containsKey(licence(file)), file + ": " + licence(file));
    }
    for (Path file : sources(USER_SPACE)) {
      assertEquals("Apache-2.0", licence(file), file.toString());
    }
  }

  @Test
  void whatIncludesAFileUnderTheKernelsLicenceIsUnderItToo() throws IOException {
    for (Path file : sources(BPF)) {
      for (String header : all(INCLUDE, Files.readString(file))) {
        boolean kernels = licence(file.resolveSibling(header)).equals(GPL);
        assertFalse(kernels && !licence(file).equals(GPL), file + " includes " + header);
      }
    }
  }

  @Test
  void aBpfProgramTellsTheKernelTheSame() throws IOException {
    for (Path file : sources(BPF)) {
      if (file.toString().endsWith(".bpf.c")) {
        List<String> told = all(TELLS, Files.readString(file));
        assertEquals(List.of(TOLD.getOrDefault(licence(file), "")), told, file.toString());
      }
    }
  }

  @Test
  void aSourceThatNamesARuleOfTheKernelsIsUnderItsLicence() throws IOException {
    for (Path file : sources(BPF)) {
      boolean restates = Files.readString(file).contains("fair.c");
      assertTrue(!restates || licence(file).equals(GPL), file.toString());
    }
  }

  private static String licence(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      long named = lines.stream().filter(line -> line.contains("SPDX-License-Identifier")).count();
      assertEquals(1, named, file + " names so many licences");
      List<String> first = all(SPDX, lines.getFirst());
      assertEquals(1, first.size(), file + ": the first line names no licence");
      return first.getFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult found) -> found.group(1)).toList();
  }

  private static List<Path> sources(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> sources =
          files.filter(file -> file.toString().matches(".*\\.[ch]")).sorted().toList();
      assertFalse(sources.isEmpty(), folder.toString());
      return sources;
    }
  }
}
