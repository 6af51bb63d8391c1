package dev.bpfgauge.libbpf;

import static dev.bpfgauge.libbpf.OnThisKernel.said;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a refusal says, and where libbpf's own words go. */
class BpfExceptionTest {

  private static final int CAPABILITY_VERSION_3 = 0x20080522;

  @Test
  void aMessageIsTheCallItsSubjectTheErrnoAndWhatHelps() {
    BpfException e = new BpfException("bpf_map_update_elem", "map x", Errno.E2BIG);
    assertEquals(
        "bpf_map_update_elem(map x) failed: E2BIG (Argument list too long): the map is full",
        said(e));
  }

  @Test
  void anErrnoWithoutANameOfOursKeepsItsNumberAndText() {
    assertEquals("errno 36 (File name too long)", BpfException.errnoText(36));
    assertEquals("ENOTSUPP (not supported by this kernel)", BpfException.errnoText(524));
  }

  @Test
  void aLongLogIsCutInTheMessageAndWholeInTheLog() {
    List<String> lines = IntStream.range(0, 5000).mapToObj(n -> "step " + n).toList();
    BpfException e =
        new BpfException("bpf_object__load", "x", Errno.EACCES, String.join("\n", lines));
    assertTrue(said(e).contains("(4940 lines of the log left out)\nstep 4940"), said(e));
    assertTrue(said(e).endsWith("step 4999"));
    assertTrue(e.log().startsWith("step 0\n"));
  }

  @Test
  void withoutCapabilitiesTheMessageNamesTheOneThatIsMissing() throws Exception {
    OnThisKernel.requireBpf();
    List<String> messages = new ArrayList<>();
    withoutCapabilities(() -> {
      messages.add(refusal(() -> RunTimeStats.enable()));
      messages.add(
          refusal(() ->
              BpfMap.create(new BpfMap.Spec("lru", Uapi.BPF_MAP_TYPE_LRU_HASH, 4, 8, 16, 0))));
      messages.add(refusal(() -> BpfObject.builtIn("maps/selftest").load()));
      return 0;
    });
    assertTrue(
        messages.get(0).contains("bpf_enable_stats(run time) failed: EPERM"), messages.get(0));
    assertTrue(messages.get(0).contains("grant CAP_SYS_ADMIN"), messages.get(0));
    assertTrue(messages.get(1).contains("bpf_map_create(lru: "), messages.get(1));
    assertTrue(messages.get(1).contains("grant CAP_BPF"), messages.get(1));
    assertTrue(
        messages.get(2).contains("bpf_object__load(selftest) failed: EPERM"), messages.get(2));
    assertTrue(messages.get(2).contains("CAP_PERFMON"), messages.get(2));
  }

  private static String refusal(Callable<? extends AutoCloseable> call) throws Exception {
    try (AutoCloseable opened = call.call()) {
      return "not refused: " + opened;
    } catch (BpfException e) {
      return said(e);
    }
  }

  /** capset(2) is the calling thread's: one that ends with it gives up all it has. */
  private static void withoutCapabilities(Callable<Integer> body) throws Exception {
    FutureTask<Integer> task =
        new FutureTask<>(() -> {
          dropCapabilities();
          return body.call();
        });
    Thread thread = Thread.ofPlatform().start(task);
    thread.join();
    assertEquals(0, task.get());
  }

  private static void dropCapabilities() {
    long capset = System.getProperty("os.arch", "").equals("aarch64") ? 91 : 126;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment header = arena.allocateFrom(ValueLayout.JAVA_INT, CAPABILITY_VERSION_3, 0);
      MemorySegment none = arena.allocate(24, 8);
      MemorySegment errno = Errno.allocate(arena);
      assertEquals(0, LibC.syscall(errno, capset, header.address(), none.address(), 0, 0, 0, 0));
    }
  }

  @Test
  void whatLibbpfPrintsGoesToTheProgramsLogAndNotTwice() {
    OnThisKernel.requireBpf();
    List<String> logged = new CopyOnWriteArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            logged.add(record.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger("dev.bpfgauge.libbpf");
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    try (Arena arena = Arena.ofConfined()) {
      BpfException e =
          org.junit.jupiter.api.Assertions.assertThrows(
              BpfException.class, () -> BpfObject.open("noise", new byte[8]).close());
      assertFalse(e.log().isEmpty());
      assertEquals(List.of(), logged, "captured for the exception");
      MemorySegment noise = arena.allocate(8);
      MemorySegment object =
          LibBpf.bpf_object__open_mem(
              Errno.allocate(arena), noise, noise.byteSize(), MemorySegment.NULL);
      assertEquals(MemorySegment.NULL, object);
      assertFalse(logged.isEmpty());
      assertTrue(logged.getFirst().startsWith("libbpf: "), logged.toString());
    } finally {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(true);
    }
  }
}
