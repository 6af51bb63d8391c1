package dev.bpfgauge.suite.prog;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Hash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the programs of a run are given, in its folder {@value #FOLDER}: a file for each packet of
 * the user's and for the context, what was asked for as JSON, and for each object the bytes that
 * follow from it, see {@link GivenValues}.
 */
final class InputFiles {
  static final String FOLDER = "inputs";

  /** The packet of {@code --data}. */
  static final String DATA = "data";

  /** The context of {@code --ctx}. */
  static final String CONTEXT = "ctx";

  static final String ASKED = "asked.json";

  private static final String VALUES = ".values";

  private InputFiles() {}

  /**
   * Looks for a file that the user named.
   *
   * @throws Refusal where it is not there
   */
  static void requireThere(Path file) {
    if (file.toString().isEmpty()) {
      throw Refusal.usage("the name of a file is empty: give one");
    }
    if (!Files.exists(file)) {
      throw Refusal.usage(
          Files.isSymbolicLink(file)
              ? file + " is a link that leads to no file"
              : "there is no file " + file);
    }
  }

  /** A file's name in the run's folder. */
  static String name(String word) {
    return FOLDER + "/" + word;
  }

  /** The name of the values for an object: the object's own below {@link ObjectFiles#FOLDER}. */
  static String values(String object) {
    return name(object + VALUES);
  }

  private static Path folder(Settings settings) {
    return ObjectFiles.folder(settings).resolveSibling(FOLDER);
  }

  /**
   * A packet's bytes.
   *
   * @throws Refusal where the run's folder does not have it
   */
  static byte[] packet(Settings settings, String word) {
    return Packet.words().contains(word)
        ? Packet.ofWord(word).bytes()
        : read(folder(settings).resolve(word));
  }

  /** The context's bytes; empty where the user gave none. */
  static Optional<byte[]> context(Settings settings) {
    Path file = folder(settings).resolve(CONTEXT);
    return Files.isRegularFile(file) ? Optional.of(read(file)) : Optional.empty();
  }

  /** What a cell's object is to hold. */
  static GivenValues values(Settings settings, String arm, String object) {
    Path folder = folder(settings);
    Path version = folder.resolve(arm).resolve(object + VALUES);
    Path file =
        !arm.isEmpty() && Files.isRegularFile(version) ? version : folder.resolve(object + VALUES);
    return Files.isRegularFile(file)
        ? GivenValues.ofText(new String(read(file), UTF_8))
        : GivenValues.NONE;
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw Refusal.environment(
          "%s cannot be read: %s; start a new run".formatted(file, DurableFile.reason(e)));
    }
  }

  /**
   * Tells runs with different input apart: files and a hash of what the user gave; empty where that
   * is nothing. What follows for an object is none: it may be another one.
   *
   * @param run the run's folder
   */
  static Optional<String> told(Path run) {
    Path folder = run.resolve(FOLDER);
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> given =
          all.filter(Files::isRegularFile)
              .filter(file -> !file.toString().endsWith(VALUES))
              .sorted()
              .toList();
      MessageDigest digest = Hash.digest();
      for (Path file : given) {
        digest.update(Hash.of(String.valueOf(file.getFileName())).hex().getBytes(US_ASCII));
        digest.update(Hash.of(file).hex().getBytes(US_ASCII));
      }
      return given.isEmpty()
          ? Optional.empty()
          : Optional.of(
              "%s, sha256 %s"
                  .formatted(
                      String.join(
                          " ", given.stream().map(file -> file.getFileName().toString()).toList()),
                      HexFormat.of().formatHex(digest.digest()).substring(0, 12)));
    } catch (IOException e) {
      throw Refusal.environment("%s cannot be read: %s".formatted(folder, DurableFile.reason(e)));
    }
  }
}
