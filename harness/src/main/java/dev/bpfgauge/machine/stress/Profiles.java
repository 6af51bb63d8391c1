package dev.bpfgauge.machine.stress;

import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds profiles: by name in the working folder's {@code stress-profiles/}, then in the jar; by
 * path; and several at once, joined by {@code +}.
 */
public final class Profiles {
  private static final String FOLDER = "stress-profiles";

  private final Path workingFolder;

  /**
   * @param workingFolder the folder whose {@code stress-profiles/} overrides the jar's
   */
  public Profiles(Path workingFolder) {
    this.workingFolder = workingFolder;
  }

  /**
   * The profile a user names: {@code cpu80}, {@code cpu80+cstates-off}, {@code ./my.yaml}.
   *
   * @throws ProfileException where there is none, it is not valid, or the parts conflict
   */
  public Profile find(String spec) {
    if (isPath(spec) && Files.isRegularFile(workingFolder.resolve(spec))) {
      return one(spec);
    }
    return Stream.of(spec.split(Pattern.quote("+"), -1))
        .map(this::one)
        .reduce(Profile::plus)
        .orElseThrow();
  }

  /** The names of all profiles, the working folder's and the jar's, sorted. */
  public List<String> names() {
    Set<String> names = new TreeSet<>();
    inJar(names);
    Path folder = workingFolder.resolve(FOLDER);
    if (Files.isDirectory(folder)) {
      yamlNames(folder, names);
    }
    return List.copyOf(names);
  }

  private static boolean isPath(String spec) {
    return spec.contains("/") || spec.endsWith(".yaml");
  }

  private Profile one(String spec) {
    if (isPath(spec)) {
      return ProfileFile.read(Path.of(spec), workingFolder.resolve(spec));
    }
    if (!ProfileFile.NAME.matcher(spec).matches()) {
      throw new ProfileException(
          "%s is not a profile name: small letters, digits, '.', '_' and '-'; `list` shows them"
              .formatted(ProfileFile.quoted(spec)));
    }
    return inWorkingFolder(spec).or(() -> inJar(spec)).orElseThrow(() -> unknown(spec));
  }

  private Optional<Profile> inWorkingFolder(String name) {
    Path shown = Path.of(FOLDER, name + ".yaml");
    Path file = workingFolder.resolve(shown);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      if (!file.toRealPath().startsWith(workingFolder.toRealPath())) {
        throw new ProfileException(
            "%s leads out of the working folder: give the path itself to use that file"
                .formatted(shown));
      }
    } catch (IOException e) {
      throw new ProfileException("%s: cannot be read: %s".formatted(shown, e.getMessage()), e);
    }
    return Optional.of(ProfileFile.read(shown, file));
  }

  private static Optional<Profile> inJar(String name) {
    String file = FOLDER + "/" + name + ".yaml";
    try (InputStream in = Profiles.class.getResourceAsStream("/" + file)) {
      if (in == null) {
        return Optional.empty();
      }
      return Optional.of(ProfileFile.parse(in.readNBytes(ProfileFile.MAX_BYTES + 1), file, name));
    } catch (IOException e) {
      throw new ProfileException("%s: cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Lists the jar's folder, found by a profile that is always in it. */
  private static void inJar(Set<String> names) {
    URL idle = Profiles.class.getResource("/" + FOLDER + "/idle.yaml");
    if (idle == null) {
      return;
    }
    try {
      URI uri = idle.toURI();
      if (!uri.getScheme().equals("jar")) {
        yamlNames(Path.of(uri).resolveSibling("."), names);
        return;
      }
      try (var jar = FileSystems.newFileSystem(uri, Map.of())) {
        yamlNames(jar.getPath("/" + FOLDER), names);
      }
    } catch (IOException | URISyntaxException e) {
      throw new ProfileException("the profiles inside the jar cannot be listed: " + e, e);
    }
  }

  private static void yamlNames(Path folder, Set<String> names) {
    try (Stream<Path> files = Files.list(folder)) {
      files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(file -> file.endsWith(".yaml"))
          .map(file -> file.substring(0, file.length() - ".yaml".length()))
          .filter(name -> ProfileFile.NAME.matcher(name).matches())
          .forEach(names::add);
    } catch (IOException e) {
      throw new ProfileException("%s: cannot be listed: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private ProfileException unknown(String name) {
    return new ProfileException(Refusal.Kind.OPTION, NearestName.unknown("profile", name, names()));
  }
}
