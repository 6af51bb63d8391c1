package dev.bpfgauge.cli;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.mllb.Model;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Networks by file, or those that come with this program. */
final class Networks {
  private Networks() {}

  /**
   * A network's text.
   *
   * @param given null: the one that comes with this program
   * @param builtIn its name, {@link RunFolder#MODEL} or {@link RunFolder#OUTCOME_MODEL}
   * @throws Refusal where the file is none
   */
  static Optional<String> text(@Nullable Path given, String builtIn) {
    try {
      if (given != null) {
        Model.read(given);
        return Optional.of(Files.readString(given));
      }
      try (InputStream in = Networks.class.getResourceAsStream("/mllb/" + builtIn)) {
        return in == null
            ? Optional.empty()
            : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw Refusal.usage("cannot read " + given + ": " + e.getMessage());
    }
  }

  /** A network in a file of a folder, which it is written to. */
  static Path in(Path folder, @Nullable Path given) throws IOException {
    String text =
        text(given, RunFolder.MODEL)
            .orElseThrow(() -> Refusal.usage("which network? --model FILE, of mllb train"));
    return Files.writeString(folder.resolve(RunFolder.MODEL), text);
  }
}
