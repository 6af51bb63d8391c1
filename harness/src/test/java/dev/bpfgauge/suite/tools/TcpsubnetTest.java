package dev.bpfgauge.suite.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.files.Json;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What tcpsubnet counts is what the senders handed over. */
class TcpsubnetTest {
  /** What iperf3's control connection says: its parameters and its results, as JSON. */
  private static final long CONTROL_BYTES = 8192;

  @BeforeEach
  void programsMayBeLoaded() {
    Requires.bpf();
    Requires.root();
  }

  @ParameterizedTest
  @CsvSource({VethPair.FAR + ", 198.51.100.2/31", VethPair.FAR_6 + ", 2001:db8:77::2/127"})
  void bytesAreThoseOfIperf3(String far, String subnet) throws Exception {
    String list = "203.0.113.0/24,2001:db8:78::/48," + subnet + ",198.51.100.0/24,0.0.0.0/0,::/0";
    try (VethPair pair = VethPair.up();
        Tcpsubnet tool = Tcpsubnet.attach(options(list))) {
      Process server = pair.server();
      long sent;
      try {
        tool.take();
        String said = TestPrograms.run("iperf3", "-c", far, "-n", "32M", "-J");
        sent = Json.tree(said, "what it printed").get("end").get("sum_sent").get("bytes").asLong();
        assertTrue(server.waitFor(Patience.SECONDS, TimeUnit.SECONDS));
      } finally {
        server.destroyForcibly().waitFor();
      }
      Map<String, Long> found = bySubnet(tool.take());
      System.out.printf("tcpsubnet: %s, iperf3: %d, by %s%n", found, sent, tool.hooks());
      long counted = found.getOrDefault(subnet, 0L);
      assertTrue(counted >= sent && counted < sent + CONTROL_BYTES, counted + " of " + sent);
      assertTrue(!found.containsKey("203.0.113.0/24"), found.toString());
      assertEquals(0, tool.tally().lost());
    }
  }

  /** Java's sockets are of IPv6 where the machine has it: the address is a mapped one. */
  @Test
  void bytesOfASocketOfOurOwnAreExact() throws Exception {
    byte[] data = new byte[1_234_567];
    InetAddress server = InetAddress.ofLiteral("127.0.77.1");
    try (ServerSocket listening = new ServerSocket(0, 1, server);
        Tcpsubnet tool = Tcpsubnet.attach(options("127.0.77.1/32,127.0.0.0/8"));
        Socket client = new Socket(server, listening.getLocalPort());
        Socket accepted = listening.accept();
        InputStream in = accepted.getInputStream()) {
      Thread reader =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  in.readNBytes(data.length);
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      client.getOutputStream().write(data);
      reader.join();

      Map<String, Long> found = bySubnet(tool.take());
      assertEquals(data.length, found.get("127.0.77.1/32"), found.toString());
    }
  }

  private static Map<String, Long> bySubnet(Findings found) {
    Rows rows = (Rows) found;
    return rows.rows().stream()
        .map(row -> TestPrograms.named(rows, row))
        .collect(
            Collectors.toMap(row -> (String) row.get("subnet"), row -> (Long) row.get("bytes")));
  }

  private static Tcpsubnet.Options options(String subnets) {
    return new Tcpsubnet.Options(subnets, Tcpsubnet.Format.B, 0);
  }
}
