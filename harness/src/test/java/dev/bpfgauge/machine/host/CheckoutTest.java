package dev.bpfgauge.machine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckoutTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final String OTHER = "89abcdef0123456789abcdef0123456789abcdef";

  @TempDir Path folder;

  @Test
  void aBranchIsFoundFromAFolderBelow() throws IOException {
    write(".git/HEAD", "ref: refs/heads/feature/x\n");
    write(".git/refs/heads/feature/x", COMMIT + "\n");
    assertEquals(
        Map.of("git branch", "feature/x", "git commit", COMMIT),
        Checkout.read(Files.createDirectories(folder.resolve("a/b")), Map.of()));
  }

  @Test
  void aPackedRefCounts() throws IOException {
    write(".git/HEAD", "ref: refs/heads/main\n");
    write(
        ".git/packed-refs",
        "# pack-refs with: peeled fully-peeled sorted\n"
            + OTHER
            + " refs/heads/maintenance\n"
            + COMMIT
            + " refs/heads/main\n");
    assertEquals(
        Map.of("git branch", "main", "git commit", COMMIT), Checkout.read(folder, Map.of()));
  }

  @Test
  void aWorktreeReadsTheRefsOfItsRepository() throws IOException {
    write("repo/.git/refs/heads/wt", COMMIT + "\n");
    write("repo/.git/worktrees/wt/HEAD", "ref: refs/heads/wt\n");
    write("repo/.git/worktrees/wt/commondir", "../..\n");
    write("wt/.git", "gitdir: " + folder.resolve("repo/.git/worktrees/wt") + "\n");
    assertEquals(
        Map.of("git branch", "wt", "git commit", COMMIT),
        Checkout.read(folder.resolve("wt"), Map.of()));
  }

  @Test
  void aDetachedHeadHasACommitAlone() throws IOException {
    write(".git/HEAD", COMMIT + "\n");
    assertEquals(Map.of("git commit", COMMIT), Checkout.read(folder, Map.of()));
  }

  @Test
  void whatIsNotKnownIsNotThere() throws IOException {
    write(".git/HEAD", "ref: refs/heads/.invalid\n");
    assertEquals(Map.of(), Checkout.read(folder, Map.of("GITHUB_SHA", " ")));
    write(".git/HEAD", "ref: refs/heads/unborn\n");
    assertEquals(Map.of(), Checkout.read(folder, Map.of()));
  }

  @Test
  void ciKnowsBetter() throws IOException {
    write(".git/HEAD", COMMIT + "\n");
    assertEquals(
        Map.of("git branch", "topic", "git commit", OTHER),
        Checkout.read(
            folder,
            Map.of(
                "GITHUB_SHA", OTHER, "GITHUB_HEAD_REF", "topic", "GITHUB_REF_NAME", "12/merge")));
    assertEquals(
        Map.of("git branch", "main", "git commit", OTHER),
        Checkout.read(folder, Map.of("CI_COMMIT_SHA", OTHER, "CI_COMMIT_REF_NAME", "main")));
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
