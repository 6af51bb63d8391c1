package dev.bpfgauge.machine.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The commit and the branch a run was made from: as CI says in its variables, else as the checkout
 * of git around the working folder says. Read from git's own files (gitrepository-layout(5)), so
 * that neither git nor the right to trust the folder is needed. Changes that are not committed are
 * not seen.
 */
public final class Checkout {
  /** The environment's name for the commit. */
  public static final String COMMIT = "git commit";

  /** The environment's name for the branch. */
  public static final String BRANCH = "git branch";

  /** Of GitHub Actions and GitLab CI; the first that is set counts. */
  private static final List<String> COMMIT_VARIABLES = List.of("GITHUB_SHA", "CI_COMMIT_SHA");

  /** A pull request's own branch before the name of its merge, which is no branch. */
  private static final List<String> BRANCH_VARIABLES =
      List.of("GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME");

  private static final Pattern COMMIT_ID = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
  private static final String REF = "ref: ";
  private static final String HEADS = "refs/heads/";

  private Checkout() {}

  /** Of this process's working folder and variables. */
  public static SortedMap<String, String> here() {
    return read(Path.of(""), System.getenv());
  }

  /** {@link #COMMIT} and {@link #BRANCH}, each as far as it is known; empty outside of both. */
  static SortedMap<String, String> read(Path workingFolder, Map<String, String> variables) {
    SortedMap<String, String> found = new TreeMap<>();
    gitFolder(workingFolder.toAbsolutePath().normalize()).ifPresent(git -> head(git, found));
    first(COMMIT_VARIABLES, variables).ifPresent(commit -> found.put(COMMIT, commit));
    first(BRANCH_VARIABLES, variables).ifPresent(branch -> found.put(BRANCH, branch));
    return found;
  }

  private static Optional<String> first(List<String> names, Map<String, String> variables) {
    return names.stream()
        .map(name -> variables.getOrDefault(name, "").strip())
        .filter(value -> !value.isEmpty())
        .findFirst();
  }

  /** The nearest {@code .git} upwards; in a worktree that is a file which names the folder. */
  private static Optional<Path> gitFolder(Path from) {
    for (Path folder = from; folder != null; folder = folder.getParent()) {
      Path git = folder.resolve(".git");
      if (Files.isDirectory(git)) {
        return Optional.of(git);
      }
      Optional<String> pointer = Roots.text(git).filter(text -> text.startsWith("gitdir: "));
      if (pointer.isPresent()) {
        return Optional.of(folder.resolve(pointer.get().substring("gitdir: ".length())));
      }
    }
    return Optional.empty();
  }

  private static void head(Path git, SortedMap<String, String> found) {
    String head = Roots.text(git.resolve("HEAD")).orElse("");
    if (COMMIT_ID.matcher(head).matches()) {
      found.put(COMMIT, head);
    } else if (head.startsWith(REF)) {
      String ref = head.substring(REF.length());
      commit(git, ref)
          .ifPresent(commit -> {
            found.put(COMMIT, commit);
            if (ref.startsWith(HEADS)) {
              found.put(BRANCH, ref.substring(HEADS.length()));
            }
          });
    }
  }

  /**
   * A ref's commit: a file of its own, or a line of packed-refs; worktrees share the main one's.
   */
  private static Optional<String> commit(Path git, String ref) {
    Path common = Roots.text(git.resolve("commondir")).map(git::resolve).orElse(git);
    return Stream.of(git, common)
        .flatMap(folder -> Roots.text(folder.resolve(ref)).stream())
        .filter(text -> COMMIT_ID.matcher(text).matches())
        .findFirst()
        .or(() -> packed(common.resolve("packed-refs"), ref));
  }

  private static Optional<String> packed(Path file, String ref) {
    return Roots.text(file).stream()
        .flatMap(String::lines)
        .filter(line -> line.endsWith(" " + ref))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .filter(commit -> COMMIT_ID.matcher(commit).matches())
        .findFirst();
  }
}
