package dev.bpfgauge.report.view;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.report.words.Words;
import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.loader.ClasspathLoader;
import io.pebbletemplates.pebble.loader.DelegatingLoader;
import io.pebbletemplates.pebble.loader.FileLoader;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The page's templates: a file in the working folder's {@code report-templates/} stands in for the
 * one of that name in the jar. All output is escaped unless a template says {@code raw}.
 */
public final class Templates {
  private static final String FOLDER = "report-templates";

  /** Pebble's own lets control characters through. */
  private static final String ESCAPED = "shown";

  private final Path own;
  private final PebbleEngine engine;

  public Templates(Path workingDir) {
    own = workingDir.toAbsolutePath().resolve(FOLDER);
    engine =
        new PebbleEngine.Builder()
            .loader(new DelegatingLoader(List.of(new FileLoader(own.toString()), builtIn())))
            .strictVariables(true)
            .autoEscaping(true)
            .addEscapingStrategy(ESCAPED, Words::escape)
            .defaultEscapingStrategy(ESCAPED)
            .defaultLocale(Locale.ROOT)
            .build();
  }

  private static ClasspathLoader builtIn() {
    ClasspathLoader loader = new ClasspathLoader(Templates.class.getClassLoader());
    loader.setPrefix(FOLDER);
    return loader;
  }

  /**
   * Fills a template.
   *
   * @throws Refusal naming template file and line where a template is wrong
   */
  public String render(String name, Map<String, Object> values) {
    StringWriter out = new StringWriter(1 << 20);
    try {
      engine.getTemplate(name).evaluate(out, values);
    } catch (PebbleException e) {
      throw new Refusal(Refusal.Kind.USAGE, sentence(name, e), e);
    } catch (IOException e) {
      throw new UncheckedIOException("rendering in memory", e);
    }
    return out.toString();
  }

  private String sentence(String name, PebbleException e) {
    String file = e.getFileName() == null ? name : e.getFileName();
    boolean isOwn = Files.exists(own.resolve(file));
    return "%s%s: %s. %s"
        .formatted(
            isOwn ? FOLDER + "/" + file : "template " + file,
            e.getLineNumber() == null ? "" : ", line " + e.getLineNumber(),
            e.getPebbleMessage().strip().replaceAll("[.\\s]+$", ""),
            isOwn
                ? "Correct it, or take the file away: the built-in template is used then."
                : "The built-in template does not fit this version's data; please report it.");
  }
}
