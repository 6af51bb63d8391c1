package dev.bpfgauge.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForkDeathTest {
  @TempDir private Path folder;

  @Test
  void anExitCodeAbove128IsASignal() {
    assertEquals("fork killed by SIGKILL", ForkDeath.ofExitCode(137, "whatever"));
    assertEquals("fork killed by SIGSEGV", ForkDeath.ofExitCode(139, ""));
    assertEquals("fork killed by signal 31", ForkDeath.ofExitCode(159, ""));
  }

  @Test
  void anotherExitCodeComesWithTheForksLastWords() {
    String output =
        """
        # Warmup Iteration   1:
        Error occurred during initialization of VM
        Could not reserve enough space for object heap
        <forked VM failed with exit code 1>
        <stdout last='20 lines'>
        </stdout>

        """;
    assertEquals(
        "fork ended with exit code 1: Could not reserve enough space for object heap",
        ForkDeath.ofExitCode(1, ForkDeath.lastWords(output)));
    assertEquals("fork ended with exit code 3", ForkDeath.ofExitCode(3, ""));
  }

  @Test
  void theDeepestCauseSpeaks() throws Exception {
    Path log = Files.createFile(folder.resolve("fork.log"));
    Exception outer = new RuntimeException("Benchmark caught the exception");
    outer.addSuppressed(new IllegalStateException("3 results were wrong"));
    assertEquals("3 results were wrong", ForkDeath.sentence(new Exception(outer), log));
    assertEquals(
        "java.lang.OutOfMemoryError: Java heap space",
        ForkDeath.sentence(new Exception(new OutOfMemoryError("Java heap space")), log));
    assertTrue(ForkDeath.interrupted(new Exception(new InterruptedException())));
  }
}
