package dev.bpfgauge.top;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.report.page.Chromium;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server on a port of its own, asked by real clients. */
class TopServerTest {
  private static final String ANY = "127.0.0.1:0";
  private static final String HOSTILE = "<img src=x onerror=document.title='owned'>";

  private static Newest newest() {
    Newest newest = new Newest();
    DispatchCosts costs = DispatchCosts.none("no run of <b>hooks</b>");
    HostLook before = new MadeLooks(10).program(4, HOSTILE, 1, 0, 0, List.of()).look();
    for (int second = 11; second < 14; second++) {
      HostLook after =
          new MadeLooks(second)
              .program(4, HOSTILE, 1, 1_000L * second, 100_000L * second, List.of())
              .program(5, "fill", 1, 0, 0, List.of())
              .ours(5)
              .look();
      newest.set(TopView.between(before, after, costs));
      before = after;
    }
    return newest;
  }

  private static HttpResponse<String> ask(String url, String method)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(url))
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void metricsAreServedAndNothingElse() throws Exception {
    try (TopServer server = TopServer.metrics("--listen", ANY, newest()::metrics)) {
      HttpResponse<String> metrics = ask(server.url() + "metrics", "GET");

      assertEquals(200, metrics.statusCode());
      assertTrue(metrics.body().contains("bpfgauge_top_programs 2\n"), metrics.body());
      assertEquals(404, ask(server.url() + "data.json", "GET").statusCode());
      assertEquals(404, ask(server.url() + "../../etc/passwd", "GET").statusCode());
      assertEquals(405, ask(server.url() + "metrics", "POST").statusCode());
      assertEquals(405, ask(server.url() + "metrics", "DELETE").statusCode());
      assertEquals("", ask(server.url() + "metrics", "HEAD").body());
    }
  }

  @Test
  void whoAsksBeforeTheFirstLookWaitsForItAndIsToldWhereItTakesTooLong() throws Exception {
    Newest late = new Newest(Duration.ofMillis(1));
    Newest soon = new Newest(Duration.ofSeconds(Patience.SECONDS));
    TopView look = TopView.of(new MadeLooks(10).look(), DispatchCosts.none("no run"));
    try (TopServer none = TopServer.metrics("--listen", ANY, late::metrics);
        TopServer server = TopServer.metrics("--listen", ANY, soon::metrics);
        HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> told = ask(none.url() + "metrics", "GET");
      assertEquals(503, told.statusCode());
      assertTrue(told.body().startsWith("The first look has not ended yet"), told.body());

      CompletableFuture<HttpResponse<String>> asked =
          client.sendAsync(
              HttpRequest.newBuilder(URI.create(server.url() + "metrics")).build(),
              HttpResponse.BodyHandlers.ofString());
      soon.set(look);
      assertEquals(200, asked.join().statusCode());
      assertTrue(asked.join().body().contains("bpfgauge_top_programs 0\n"), asked.join().body());
    }
  }

  /** A page of the web may give its own name this address, and then ask as if it were ours. */
  @Test
  void whoAsksByAnotherNameIsRefused() throws Exception {
    try (TopServer server = TopServer.page("--web", ANY, newest()::json);
        Socket socket =
            new Socket(InetAddress.getLoopbackAddress(), URI.create(server.url()).getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET /data.json HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      try (InputStream in = socket.getInputStream()) {
        String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
        assertFalse(answer.contains("onerror"), answer);
      }
    }
  }

  @Test
  void aPortThatIsTakenIsSaidWithTheFix() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      Refusal refusal =
          assertThrows(Refusal.class, () -> TopServer.page("--web", address, () -> "{}").close());

      assertEquals(Refusal.Kind.ENVIRONMENT, refusal.kind());
      String said = Objects.requireNonNull(refusal.getMessage());
      assertTrue(said.startsWith("--web " + address + " cannot be listened on: "), said);
      assertTrue(said.endsWith("choose another port."), said);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "x y:80", ":-1"})
  void whatIsNoAddressIsRefused(String address) {
    Refusal refusal =
        assertThrows(Refusal.class, () -> TopServer.page("--web", address, () -> "{}").close());
    assertEquals(Refusal.Kind.OPTION, refusal.kind());
  }

  @Test
  void aPortAloneIsOnTheLoopbackAddress() {
    try (TopServer server = TopServer.page("--web", "0", () -> "{}")) {
      assertTrue(server.url().startsWith("http://127.0.0.1:"), server.url());
    }
  }

  /** Each would hold a thread until it ends. */
  @Test
  void whoSendsHalfARequestKeepsNobodyWaitingAndIsCutOff() throws Exception {
    List<Socket> slow = new ArrayList<>();
    try (TopServer server = TopServer.metrics("--listen", ANY, newest()::metrics)) {
      int port = URI.create(server.url()).getPort();
      for (int i = 0; i < 20; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        slow.add(socket);
        socket.getOutputStream().write("GET /metrics HT".getBytes(StandardCharsets.US_ASCII));
      }
      assertEquals(200, ask(server.url() + "metrics", "GET").statusCode());
      for (Socket socket : slow) {
        socket.setSoTimeout(Math.toIntExact(TimeUnit.SECONDS.toMillis(Patience.SECONDS)));
        assertTrue(isCutOff(socket));
      }
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  private static boolean isCutOff(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, http://127.0.0.1:, true, false, ''",
    "0.0.0.0, http://0.0.0.0:, true, false, ' (every IPv4 address of this host)'",
    "[::1], http://[0:0:0:0:0:0:0:1]:, false, true, ''",
    "::1, http://[0:0:0:0:0:0:0:1]:, false, true, ''",
    "[::], http://[0:0:0:0:0:0:0:0]:, true, true, ' (every address of this host, IPv6 and IPv4)'"
  })
  void whatWasAskedForIsListenedOnAndNothingElse(
      String address, String url, boolean four, boolean six, String reach) throws Exception {
    InetAddress loopback6 = InetAddress.ofLiteral("::1");
    Requires.machine(NetworkInterface.getByInetAddress(loopback6) != null, "IPv6");
    try (TopServer server = TopServer.metrics("--listen", address + ":0", newest()::metrics)) {
      assertTrue(server.url().startsWith(url), server.url());
      assertEquals(reach, server.reach());
      int port = Integer.parseInt(server.url().replaceAll(".*:|/", ""));
      assertEquals(four, answers("http://127.0.0.1:" + port + "/metrics"));
      assertEquals(six, answers("http://[::1]:" + port + "/metrics"));
    }
  }

  private static boolean answers(String url) throws IOException, InterruptedException {
    try {
      return ask(url, "GET").statusCode() == 200;
    } catch (ConnectException e) {
      return false;
    }
  }

  private static String text(Chromium browser, String expression) {
    try {
      return browser.evaluate("String(" + expression + ")").asString();
    } catch (Exception e) {
      throw new IllegalStateException(expression, e);
    }
  }

  @Test
  void thePageShowsHostileNamesAsTextAndAsksNobodyElse(@TempDir Path folder) throws Exception {
    Path binary = Chromium.binary();
    Requires.that(binary != null, "chromium");
    try (TopServer server = TopServer.page("--web", ANY, newest()::json);
        Chromium browser = Chromium.start(Objects.requireNonNull(binary), folder)) {
      browser.open(URI.create(server.url()), 1280, 900);
      Patience.until(
          "the page's rows",
          () -> text(browser, "document.querySelectorAll('#rows tr').length").equals("2"));

      assertEquals(HOSTILE, text(browser, "document.querySelector('#rows td.t').textContent"));
      assertEquals("bpfgauge top", text(browser, "document.title"));
      String owner = "document.querySelectorAll('#rows tr')[%d].querySelectorAll('td.t')[3]";
      assertEquals("tool(7)", text(browser, owner.formatted(0) + ".textContent"));
      assertEquals("bpfgauge (this look)", text(browser, owner.formatted(1) + ".textContent"));
      String time = text(browser, "document.querySelector('#sum').textContent");
      assertTrue(time.startsWith("08:00:00 UTC: 2 programs"), time);
      String width = "document.querySelector('.scroll').%sWidth";
      assertEquals(
          text(browser, width.formatted("client")), text(browser, width.formatted("scroll")));
      assertEquals("0", text(browser, "document.images.length"));
      assertEquals("2", text(browser, "document.querySelectorAll('figure polyline').length"));
      assertEquals(List.of(), browser.complaints);
      assertTrue(
          browser.requests.stream()
              .allMatch(url -> url.startsWith(server.url()) || url.startsWith("data:")),
          browser.requests::toString);
    }
  }
}
