package dev.bpfgauge.suite.prog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that a kernel does not take, on the real kernel: each has its own reason. */
class LoadedProgramTest {
  @TempDir Path folder;

  /** One object: none of these may hide another. */
  private static final String ALL =
      """
      struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 16); __type(key, int);
        __type(value, long); } counts SEC(".maps");
      struct { __uint(type, 99); __uint(max_entries, 16); __type(key, int);
        __type(value, long); } odd SEC(".maps");
      struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 16); __type(key, int);
        __type(value, long); __uint(pinning, LIBBPF_PIN_BY_NAME); } pinned SEC(".maps");
      struct task_struct___mine { int no_such_field; } __attribute__((preserve_access_index));
      extern int bpf_no_such_kfunc(int) __ksym;
      static long (*no_such_helper)(void) = (void *)9999;

      SEC("xdp") int good(struct xdp_md *c) {
        int k = 1; long *v = bpf_map_lookup_elem(&counts, &k);
        if (v) __sync_fetch_and_add(v, 1);
        return XDP_PASS;
      }
      SEC("xdp") int uses_pinned(struct xdp_md *c) {
        int k = 1; return bpf_map_lookup_elem(&pinned, &k) ? XDP_DROP : XDP_PASS;
      }
      SEC("xdp") int calls_no_helper(struct xdp_md *c) { return no_such_helper(); }
      SEC("socket") int wants_no_kfunc(void *c) { return bpf_no_such_kfunc(1); }
      SEC("raw_tp/sys_enter") int reads_no_field(void *c) {
        struct task_struct___mine *t = (void *)bpf_get_current_task();
        return BPF_CORE_READ(t, no_such_field);
      }
      SEC("fentry/no_such_function") int hangs_on_nothing(void *c) { return 0; }
      SEC("tp_btf/no_such_tracepoint") int hangs_on_no_tracepoint(void *c) { return 0; }
      SEC("xdp") int has_odd_map(struct xdp_md *c) {
        int k = 1; return bpf_map_lookup_elem(&odd, &k) ? XDP_DROP : XDP_PASS;
      }
      SEC("xdp") int forgets_null(struct xdp_md *c) {
        int k = 1; long *v = bpf_map_lookup_elem(&counts, &k);
        return *v;
      }
      SEC("xdp") int reads_too_far(struct xdp_md *c) {
        void *data = (void *)(long)c->data;
        return *(int *)(data + 14);
      }
      SEC("freplace/good") int replaces(struct xdp_md *c) { return 0; }
      SEC("no_such_hook/x") int has_no_hook(void *c) { return 0; }
      """;

  private Map<String, String> reasons(String source) throws IOException {
    byte[] elf = Files.readAllBytes(Compiled.object(folder, "x", source));
    Map<String, String> reasons = new TreeMap<>();
    for (ObjectInfo.ProgramInfo program : Inventory.of("x.bpf.o", "x", elf).programs()) {
      try (LoadedProgram loaded = LoadedProgram.load("x", elf, program.name())) {
        assertEquals(
            loaded.statistics().processed(),
            loaded.program().info().verifiedInstructions().orElseThrow());
        reasons.put(program.name(), "");
      } catch (LoadRefusedException e) {
        assertFalse(e.isDenied(), e.reason());
        reasons.put(program.name(), e.reason());
      }
    }
    return reasons;
  }

  @Test
  void eachProgramHasItsOwnReason() throws IOException {
    Requires.bpf();

    Map<String, String> reasons = reasons(ALL);

    assertEquals("", reasons.get("good"));
    assertEquals("", reasons.get("uses_pinned"));
    assertEquals("this kernel has no helper number 9999", reasons.get("calls_no_helper"));
    assertEquals(
        "this kernel has no function bpf_no_such_kfunc that programs may call (kfunc)",
        reasons.get("wants_no_kfunc"));
    assertEquals(
        "this kernel has no field struct task_struct.no_such_field", reasons.get("reads_no_field"));
    assertEquals(
        "this kernel has no function no_such_function to attach to: it is missing, inlined or"
            + " closed to tracing",
        reasons.get("hangs_on_nothing"));
    assertEquals(
        "this kernel has no tracepoint no_such_tracepoint", reasons.get("hangs_on_no_tracepoint"));
    assertTrue(
        String.valueOf(reasons.get("has_odd_map"))
            .startsWith("it uses map odd, which this kernel does not make"),
        reasons.get("has_odd_map"));
    assertEquals(
        "the verifier says: R0 invalid mem access 'map_value_or_null', at “return *v;”"
            + " (x.bpf.c:36)",
        reasons.get("forgets_null"));
    assertTrue(
        String.valueOf(reasons.get("reads_too_far"))
            .contains("outside of the packet, at “return *(int *)(data"),
        reasons.get("reads_too_far"));
    assertEquals(
        "it replaces a function of another program (freplace), which is not loaded here",
        reasons.get("replaces"));
    assertEquals(
        "its section “no_such_hook/x” names no hook that this machine's libbpf knows",
        reasons.get("has_no_hook"));
  }

  @Test
  void aProgramThatAnArrayHoldsIsLoadedWithIt() throws IOException {
    Requires.bpf();

    Map<String, String> reasons =
        reasons(
            """
            int second(struct xdp_md *c);
            struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 2);
              __type(key, int); __array(values, int(struct xdp_md *)); } next SEC(".maps") =
              { .values = { [1] = (void *)&second } };
            SEC("xdp") int first(struct xdp_md *c) {
              bpf_tail_call(c, &next, 1);
              return XDP_ABORTED;
            }
            SEC("xdp") int second(struct xdp_md *c) { return XDP_PASS; }
            """);

    assertEquals(Map.of("first", "", "second", ""), reasons);
  }

  @Test
  void aProgramThatAnotherVersionLacksIsSaidToBeMissing() throws IOException {
    Requires.bpf();
    byte[] elf =
        Files.readAllBytes(
            Compiled.object(folder, "x", "SEC(\"xdp\") int it(void *c) { return 2; }"));
    assertEquals(
        "its object has no such program",
        assertThrows(LoadRefusedException.class, () -> LoadedProgram.load("x", elf, "other"))
            .reason());
  }

  @Test
  void aMapLargerThanTheMachineIsNotMade() throws IOException {
    Requires.bpf();
    String reason =
        reasons(
                """
                struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1 << 30);
                  __uint(key_size, 8); __uint(value_size, 4096); } huge SEC(".maps");
                SEC("xdp") int uses(struct xdp_md *c) {
                  long k = 1; return bpf_map_lookup_elem(&huge, &k) ? XDP_DROP : XDP_PASS;
                }
                """)
            .get("uses");
    assertTrue(
        String.valueOf(reason)
            .matches(
                "it uses map huge, which this kernel does not make: it would take 4202496 MB, .*"),
        reason);
  }

  @Test
  void aLoopWithoutEndAndAProgramForGplOnlyAreNamed() throws IOException {
    Requires.bpf();
    String endless =
        reasons(
                """
                SEC("xdp") int endless(struct xdp_md *c) {
                  volatile int i;
                  for (i = 0; i < 1000000000; i++) { }
                  return 0;
                }
                """)
            .get("endless");
    assertTrue(
        String.valueOf(endless).matches("the verifier (says: infinite loop|gave up after).*"),
        endless);

    byte[] elf =
        Files.readAllBytes(
            Compiled.plain(
                folder,
                "closed",
                """
                #include <linux/bpf.h>
                #include <bpf/bpf_helpers.h>
                char LICENSE[] SEC("license") = "Proprietary";
                SEC("kprobe/vfs_read") int prints(void *c) { bpf_printk("x"); return 0; }
                """,
                "-g"));
    String reason =
        assertThrows(LoadRefusedException.class, () -> LoadedProgram.load("closed", elf, "prints"))
            .reason();
    assertTrue(reason.startsWith("its licence is not compatible with the GPL"), reason);
  }
}
