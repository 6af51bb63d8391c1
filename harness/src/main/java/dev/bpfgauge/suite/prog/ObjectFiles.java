package dev.bpfgauge.suite.prog;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The objects of a run, in its folder {@value #FOLDER}, so that it can be resumed, repeated and
 * compared with: {@code NAME}, or {@code ARM/NAME} where the arms are versions.
 */
final class ObjectFiles {
  static final String FOLDER = "objects";

  /** Where they are in a guest of the lab. */
  static final String PROPERTY = "bpfgauge.objects";

  private ObjectFiles() {}

  /**
   * The bytes of a cell's object.
   *
   * @param arm of the cell
   * @throws Refusal where the run's folder does not have it
   */
  static byte[] read(Settings settings, String arm, String object) {
    Path folder = folder(settings);
    Path versions = folder.resolve(arm).resolve(object);
    Path file = !arm.isEmpty() && Files.isRegularFile(versions) ? versions : folder.resolve(object);
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw Refusal.environment(
          "%s cannot be read: %s; start a new run".formatted(file, DurableFile.reason(e)));
    }
  }

  static Path folder(Settings settings) {
    String guests = System.getProperty(PROPERTY, "");
    return guests.isEmpty()
        ? settings.log().toAbsolutePath().resolveSibling(FOLDER)
        : Path.of(guests);
  }

  /** A file's name as the name of an object in a run: letters, digits and {@code . _ + -}. */
  static String nameOf(Path file) {
    return String.valueOf(file.getFileName()).replaceAll("[^\\w.+-]", "_");
  }
}
