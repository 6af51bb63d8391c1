package dev.bpfgauge.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A program that lives until it is ended, and says so by a file from its shutdown hook. */
final class EndlessProgram {
  private EndlessProgram() {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              try {
                Files.createFile(folder.resolve("hook"));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }));
    ParentWatch.start();
    Files.createFile(folder.resolve("ready"));
    Thread.sleep(30_000);
  }
}
