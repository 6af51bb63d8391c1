package dev.bpfgauge.suite.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ways to the events: the first that works is taken, and where none does, all are named. */
class AttachmentTest {
  private static final HookSet CALLS =
      new HookSet("tp_btf/sys_exit", Set.of("on_sys_exit"), "Linux 5.5 and its BTF");
  private static final HookSet NONE =
      new HookSet("tp_btf/imagined", Set.of("on_sys_exit"), "a Linux that nobody has");

  @BeforeEach
  void programsMayBeLoaded() {
    Requires.bpf();
    Requires.root();
  }

  @Test
  void aWayThatTheKernelRefusesIsPassedOver() {
    Consumer<BpfObject> firstFails =
        new Consumer<>() {
          private int tries;

          @Override
          public void accept(BpfObject object) {
            if (tries++ == 0) {
              object.leaveOut("files"); // A program without its map is refused by every kernel.
            }
          }
        };
    try (Attachment attachment =
        Attachment.of("filetop", List.of(NONE, CALLS), firstFails, _ -> {})) {
      assertEquals("tp_btf/sys_exit", attachment.hooks());
    }
  }

  @Test
  void whereNoneWorksEachIsNamedWithItsReason() {
    Refusal refusal =
        assertThrows(
            Refusal.class,
            () ->
                Attachment.of(
                    "filetop", List.of(NONE, CALLS), object -> object.leaveOut("files"), _ -> {}));

    String said = String.valueOf(refusal.getMessage());
    assertEquals(Refusal.Kind.ENVIRONMENT, refusal.kind());
    assertTrue(said.startsWith("filetop cannot be attached here; tp_btf/imagined: "), said);
    assertTrue(said.contains("(it needs a Linux that nobody has); tp_btf/sys_exit: "), said);
    assertTrue(said.endsWith("(it needs Linux 5.5 and its BTF)"), said);
    assertEquals(1, said.lines().count(), said);
  }

  @Test
  void aFolderOfVersionOneIsNoControlGroup() {
    Refusal refusal =
        assertThrows(Refusal.class, () -> CgroupFilter.require(Path.of("/sys/kernel")));

    assertTrue(String.valueOf(refusal.getMessage()).contains("no cgroup.controllers"));
  }
}
