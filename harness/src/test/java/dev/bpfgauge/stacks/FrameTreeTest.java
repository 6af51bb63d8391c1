package dev.bpfgauge.stacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrameTreeTest {
  @TempDir Path tmp;

  @Test
  void sameStacksAreOneAndAllThatIsBelowCounts() {
    FrameTree tree = new FrameTree();
    tree.add(List.of("main", "run", "read"), 3);
    tree.add(List.of("main", "run"), 2);
    tree.add(List.of("main", "run", "read"), 4);

    assertEquals("main;run 2\nmain;run;read 7\n", tree.folded());
    assertEquals(9, tree.total());
    assertEquals(9, tree.root().called("main").total());
    assertEquals(2, tree.root().called("main").called("run").own());
  }

  @Test
  void whatItWritesItReads() throws IOException {
    FrameTree tree = new FrameTree();
    tree.add(List.of("java", "a b", "vfs_read_[k]"), 3);
    tree.add(List.of("sh", "odd;name\nwith an end"), 4);
    Path file = Files.writeString(tmp.resolve("x.folded"), tree.folded());

    FrameTree read = FrameTree.read(file);

    assertEquals("java;a b;vfs_read_[k] 3\nsh;odd:name?with an end 4\n", read.folded());
    assertEquals(7, read.total());
  }

  @Test
  void aLineThatIsNoStackIsNamed() throws IOException {
    for (String bad : List.of("main;run", "main;run x", "12", "main -3", "main 1e3")) {
      Path file = Files.writeString(tmp.resolve("x.folded"), "main;run 1\n" + bad + "\n");

      Refusal refusal = assertThrows(Refusal.class, () -> FrameTree.read(file), bad);

      assertTrue(String.valueOf(refusal.getMessage()).contains("line 2"), refusal.getMessage());
    }
  }

  @Test
  void aFileWithoutStacksIsRefused() throws IOException {
    Path file = Files.writeString(tmp.resolve("x.folded"), "# nothing\n\n");

    assertThrows(Refusal.class, () -> FrameTree.read(file));
    assertThrows(Refusal.class, () -> FrameTree.read(tmp.resolve("not there")));
  }

  @Test
  void nothingIsLostWhereThereIsNoRoom() {
    FrameTree tree = new FrameTree(10);
    for (int i = 0; i < 30; i++) {
      tree.add(List.of("main", "f" + i), 2);
    }

    assertEquals(60, tree.total());
    assertEquals(42, tree.cut());
    assertEquals(42, tree.root().called("main").own());
  }

  @Test
  void aStackWithoutEndIsCutWhereItIsTooDeep() {
    FrameTree tree = new FrameTree();
    List<String> deep = new ArrayList<>(Collections.nCopies(100_000, "f"));

    tree.add(deep, 1);

    assertEquals(1, tree.total());
    assertEquals(1, tree.cut());
    assertEquals(512, tree.folded().split(";", -1).length);
  }
}
