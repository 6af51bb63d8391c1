package dev.bpfgauge.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Measurement;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One JVM serves fork after fork; whatever ends it is one fork's failure. */
class MeterServerTest {
  @TempDir private Path folder;
  private final MeterServer server = new MeterServer(ScriptedMeter.class.getName());
  private long childrenBefore;

  @BeforeEach
  void count() {
    childrenBefore = children();
  }

  @AfterEach
  void nothingIsLeft() {
    server.close();
    assertEquals(childrenBefore, children());
  }

  @Test
  void oneJvmServesForkAfterForkEachOnAThreadOfItsOwn() throws Exception {
    Measurement first = measured("quick");
    Measurement second = measured("chat");
    Measurement third = measured("quick");

    assertEquals(List.of(pid(first), pid(first)), List.of(pid(second), pid(third)));
    assertNotEquals(ProcessHandle.current().pid(), pid(first));
    assertNotEquals(first.operations(), second.operations());
  }

  @ParameterizedTest
  @CsvSource({
    "exit, fork ended with exit code 7",
    "die, no more",
    "wrong, a wrong result",
  })
  void afterAFailureTheNextForkHasAJvmOfItsOwn(String operation, String said) throws Exception {
    Measurement before = measured("quick");

    Outcome.Failed failed = assertInstanceOf(Outcome.Failed.class, ask(operation));

    assertTrue(failed.reason().contains(said), failed.reason());
    assertNotEquals(pid(before), pid(measured("quick")));
  }

  @Test
  void aJvmThatIsKilledBetweenTwoForksIsNobodysFailure() throws Exception {
    long first = pid(measured("quick"));
    ProcessHandle jvm = ProcessHandle.of(first).orElseThrow();
    jvm.destroyForcibly();
    jvm.onExit().join();

    assertNotEquals(first, pid(measured("quick")));
  }

  @Test
  void aJvmThatIsKilledDuringAForkSaysBySignal() throws Exception {
    long pid = pid(measured("quick"));
    FutureTask<Outcome> fork = started("hang");
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();

    assertEquals(new Outcome.Failed("fork killed by SIGKILL"), fork.get());
  }

  @Test
  void anInterruptEndsTheJvmAndWhatItStarted() throws Exception {
    long pid = pid(measured("quick"));
    ProcessHandle jvm = ProcessHandle.of(pid).orElseThrow();
    FutureTask<Outcome> fork = new FutureTask<>(server.fork(ScriptedMeter.cell("hang"), brief()));
    Thread thread = Thread.ofPlatform().start(fork);
    while (jvm.children().findAny().isEmpty()) {
      Thread.sleep(5);
    }
    ProcessHandle grandchild = jvm.children().findAny().orElseThrow();

    thread.interrupt();

    assertEquals(new Outcome.Failed("interrupted"), fork.get());
    jvm.onExit().join();
    grandchild.onExit().join();
    assertNotEquals(pid, pid(measured("quick")));
  }

  private FutureTask<Outcome> started(String operation) throws InterruptedException {
    FutureTask<Outcome> fork =
        new FutureTask<>(server.fork(ScriptedMeter.cell(operation), brief()));
    Thread.ofPlatform().daemon().start(fork);
    return fork;
  }

  private Measurement measured(String operation) throws Exception {
    Outcome outcome = ask(operation);
    return assertInstanceOf(Outcome.Measured.class, outcome, outcome.toString()).measurement();
  }

  private Outcome ask(String operation) throws Exception {
    return server.fork(ScriptedMeter.cell(operation), brief()).call();
  }

  private static long pid(Measurement measured) {
    return (long) measured.meanNanosPerOp();
  }

  private Settings brief() {
    return Settings.of(1, 1, 1, 42, folder.resolve("fork.log"));
  }

  private static long children() {
    return ProcessHandle.current().children().count();
  }
}
