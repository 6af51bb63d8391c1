package dev.bpfgauge.suite.prog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects as they come, good and bad. */
class InventoryTest {
  private static final String PASS =
      "SEC(\"xdp\") int pass(struct xdp_md *c) { bpf_ktime_get_ns(); return XDP_PASS; }\n";

  @TempDir Path folder;

  @Test
  void tellsWhatAnObjectHolds() throws IOException {
    byte[] elf =
        Files.readAllBytes(
            Compiled.object(
                folder,
                "x",
                """
                struct { __uint(type, BPF_MAP_TYPE_PERCPU_HASH); __uint(max_entries, 77);
                  __uint(key_size, 6); __uint(value_size, 24); } seen SEC(".maps");
                struct task_struct { int pid; } __attribute__((preserve_access_index));
                SEC("kprobe/vfs_read") int reads(void *c) {
                  struct task_struct *t = (void *)bpf_get_current_task();
                  return BPF_CORE_READ(t, pid);
                }
                """
                    + PASS));

    ObjectInfo object = Inventory.of("x.bpf.o", "x", elf);

    assertEquals("GPL", object.licence());
    assertTrue(object.hasBtf());
    assertEquals(1, object.relocations());
    assertEquals(elf.length, object.bytes());
    assertEquals(List.of("kprobe", "xdp"), object.programs().stream().map(p -> p.type()).toList());
    assertEquals(
        List.of("kprobe/vfs_read", "xdp"),
        object.programs().stream().map(p -> p.section()).toList());
    assertEquals(List.of(5), object.programs().getLast().helpers()); // bpf_ktime_get_ns
    assertEquals(List.of(new ObjectInfo.MapInfo("seen", "percpu_hash", 6, 24, 77)), object.maps());
  }

  @Test
  void takesAnObjectWithoutTypeInformation() throws IOException {
    String source =
        """
        #include <linux/bpf.h>
        #include <bpf/bpf_helpers.h>
        """
            + PASS;

    ObjectInfo object =
        Inventory.of(
            "bare.bpf.o", "bare", Files.readAllBytes(Compiled.plain(folder, "bare", source)));

    assertFalse(object.hasBtf());
    assertEquals("", object.licence());
    assertEquals("pass", object.programs().getFirst().name());
  }

  @Test
  void refusesWhatIsNoObject() throws IOException {
    byte[] good = Files.readAllBytes(Compiled.object(folder, "x", PASS));
    assertRefused("is not an ELF file", new byte[] {'#', '!', '/'});
    assertRefused("is not an ELF file", new byte[0]);
    assertRefused("machine", Files.readAllBytes(Path.of("/proc/self/exe")));
    assertRefused(
        "has no BPF program",
        Files.readAllBytes(Compiled.object(folder, "data", "int unused = 1;\n")));
    byte[] big =
        Files.readAllBytes(
            Compiled.plain(folder, "big", "int pass(void *c) { return 2; }\n", "--target=bpfeb"));
    assertRefused("big-endian", big);
    for (int length = 1; length < good.length; length += good.length / 40) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThrows(Refusal.class, () -> Inventory.of("cut.o", "cut", cut), "of " + length);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 40, 52, 60, 100, 300})
  void aDamagedObjectIsRefusedOrReadAndNeverThrowsAnythingElse(int at) throws IOException {
    byte[] elf = Files.readAllBytes(Compiled.object(folder, "x", PASS));
    for (int value : new int[] {0, 1, 0x7f, 0xff}) {
      byte[] damaged = elf.clone();
      damaged[at] = (byte) value;
      try {
        assertFalse(Inventory.of("x.o", "x", damaged).programs().isEmpty());
      } catch (Refusal refusal) {
        assertTrue(String.valueOf(refusal.getMessage()).startsWith("x.o "), refusal.getMessage());
      }
    }
  }

  private static void assertRefused(String why, byte[] bytes) {
    String said =
        String.valueOf(
            assertThrows(Refusal.class, () -> Inventory.of("it.o", "it", bytes)).getMessage());
    assertTrue(said.contains(why), said);
  }
}
