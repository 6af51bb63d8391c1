package dev.bpfgauge.suite.tools;

import dev.bpfgauge.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A network of two ends, of which the far one is in a namespace of its own; gone with {@link
 * #close}. Its addresses are those of RFC 5737 and RFC 3849, which nobody uses.
 */
final class VethPair implements AutoCloseable {
  static final String FAR = "198.51.100.2";
  static final String FAR_6 = "2001:db8:77::2";

  private final String name = "bg" + ProcessHandle.current().pid();

  private VethPair() {}

  static VethPair up() throws IOException, InterruptedException {
    Requires.root();
    TestPrograms.require("ip", "iperf3");
    VethPair pair = new VethPair();
    try {
      pair.make();
      return pair;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      pair.close();
      throw e;
    }
  }

  private void make() throws IOException, InterruptedException {
    TestPrograms.run("ip", "netns", "add", name);
    TestPrograms.run(
        "ip", "link", "add", near(), "type", "veth", "peer", "name", "far", "netns", name);
    TestPrograms.run("ip", "address", "add", "198.51.100.1/24", "dev", near());
    TestPrograms.run("ip", "address", "add", "2001:db8:77::1/64", "dev", near(), "nodad");
    TestPrograms.run("ip", "link", "set", near(), "up");
    TestPrograms.run("ip", "-n", name, "address", "add", FAR + "/24", "dev", "far");
    TestPrograms.run("ip", "-n", name, "address", "add", FAR_6 + "/64", "dev", "far", "nodad");
    TestPrograms.run("ip", "-n", name, "link", "set", "far", "up");
  }

  private String near() {
    return name + "n";
  }

  /** Has iperf3 answer one client at the far end. */
  Process server() throws IOException, InterruptedException {
    Process server =
        new ProcessBuilder("ip", "netns", "exec", name, "iperf3", "-s", "-1", "--forceflush")
            .redirectErrorStream(true)
            .start();
    TestPrograms.await(() -> listens(), "iperf3 to listen");
    return server;
  }

  private boolean listens() {
    try {
      return TestPrograms.run("ip", "netns", "exec", name, "cat", "/proc/net/tcp6", "/proc/net/tcp")
          .contains(":1451 "); // 5201
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    if (Files.exists(Path.of("/sys/class/net", near()))) {
      TestPrograms.undo("ip", "link", "delete", near());
    }
    TestPrograms.undo("ip", "netns", "delete", name);
  }
}
