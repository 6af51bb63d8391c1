package dev.bpfgauge.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bpfgauge.model.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Sources of apt, in both formats. */
class HostMirrorTest {
  @TempDir Path apt;

  @Test
  void aStanzaOfDebianIsFoundAmongOthers() {
    String text =
        """
        Types: deb
        URIs: https://packages.example.org/node
        Suites: nodistro
        Components: main

        # comment
        Types: deb deb-src
        URIs: http://mirror.example.org/debian
        Suites: bookworm bookworm-updates
        Components: main contrib
        Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
        """;

    assertEquals(Optional.of("http://mirror.example.org/debian"), HostMirror.inStanzas(text));
  }

  @Test
  void securityAloneIsNoMirrorOfDebian() {
    assertEquals(
        Optional.empty(),
        HostMirror.inStanzas(
            """
            Types: deb
            URIs: http://s.example.org
            Suites: bookworm-security
            Components: main
            """));
    assertEquals(
        Optional.empty(), HostMirror.inLines("deb http://s.example.org/ bookworm-security main\n"));
  }

  @Test
  void aLineMayHaveOptions() {
    String text =
        """
        # deb http://old.example.org/debian bookworm main
        deb [arch=amd64 signed-by=/k.gpg] http://mirror.example.org/debian trixie main non-free
        """;

    assertEquals(Optional.of("http://mirror.example.org/debian"), HostMirror.inLines(text));
  }

  @Test
  void withoutDebianTheOptionIsNamed() throws Exception {
    Files.writeString(apt.resolve("sources.list"), "deb http://u.example.org/ubuntu noble main\n");

    String said = refused(() -> HostMirror.of(apt));

    assertEquals(true, said.contains("--mirror"), said);
  }

  private static String refused(Executable action) {
    return String.valueOf(assertThrows(Refusal.class, action).getMessage());
  }
}
