package dev.bpfgauge.os;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Commands of this program as they are printed: what stands on a terminal or in a page can be
 * copied and works.
 */
public final class Program {
  /** System property of a guest's JVM: who reads what it prints sits before another machine. */
  public static final String IN_GUEST = "bpfgauge.guest";

  /** Where a build leaves it, as seen from the folder of the checkout. */
  private static final String BUILT = "harness/target/harness.jar";

  private static final String JAVA = "java -jar ";

  private Program() {}

  /**
   * A command for who started this program, in the same folder.
   *
   * @param words quoted here where a shell would not take them as they are
   */
  public static String command(String... words) {
    return line(jar(), words);
  }

  /**
   * A command for a file that may be read anywhere and is the same bytes wherever it is made: as
   * typed in the folder of the checkout.
   */
  public static String inCheckout(String... words) {
    return line(BUILT, words);
  }

  private static String line(String jar, String... words) {
    return JAVA
        + Stream.concat(Stream.of(jar), Arrays.stream(words))
            .map(Program::quoted)
            .collect(Collectors.joining(" "));
  }

  /** Quoted for a POSIX shell where a word needs it. */
  public static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./,:=@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /** The jar as it was named on the command line, else seen from the working folder. */
  private static String jar() {
    Path ours = place();
    if (Boolean.getBoolean(IN_GUEST) || !Files.isRegularFile(ours)) {
      return BUILT;
    }
    List<String> started =
        List.of(ProcessHandle.current().info().arguments().orElse(new String[0]));
    int named = started.indexOf("-jar") + 1;
    if (named > 0
        && named < started.size()
        && Path.of(started.get(named)).toAbsolutePath().normalize().equals(ours)) {
      return started.get(named);
    }
    Path here = Path.of("").toAbsolutePath();
    return (ours.startsWith(here) ? here.relativize(ours) : ours).toString();
  }

  /** Empty in guests: their classes are of an archive, which names the jar that it was made of. */
  private static Path place() {
    CodeSource source = Program.class.getProtectionDomain().getCodeSource();
    URL place = source == null ? null : source.getLocation();
    try {
      return place == null ? Path.of("") : Path.of(place.toURI()).normalize();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("this program's place is no path", e);
    }
  }
}
