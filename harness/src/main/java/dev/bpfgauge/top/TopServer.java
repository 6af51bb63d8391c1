package dev.bpfgauge.top;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What top sees, over HTTP: metrics for Prometheus, and a page that shows it live. Read only, and
 * on the loopback address unless another is asked for; there only requests that name it are
 * answered, so that no page of the web can read it through a name of its own.
 */
public final class TopServer implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("(?:(.*):)?(\\d{1,5})");
  private static final String LOOPBACK = "127.0.0.1";
  private static final int HIGHEST_PORT = 65_535;

  /**
   * Properties of the JDK's server, which it reads once: who asks for half of something, or does
   * not take the answer, is cut off after so many seconds, and so many more are not let in.
   */
  private static final Map<String, Integer> LIMITS =
      Map.of(
          "sun.net.httpserver.maxReqTime", 5,
          "sun.net.httpserver.maxRspTime", 30,
          "jdk.httpserver.maxConnections", 256,
          "sun.net.httpserver.maxReqHeaderSize", 16_384,
          "sun.net.httpserver.maxReqHeaders", 64);

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final Body NO_LOOK_YET =
      new Body(503, "text/plain", "The first look has not ended yet (--delay): ask again later.\n");

  private final HttpServer server;
  private final ExecutorService threads;
  private final InetAddress asked;

  private TopServer(HttpServer server, ExecutorService threads, InetAddress asked) {
    this.server = server;
    this.threads = threads;
    this.asked = asked;
  }

  /** An answer. */
  private record Body(int status, String type, String text) {
    Body(String type, String text) {
      this(200, type, text);
    }

    byte[] bytes() {
      return text.getBytes(UTF_8);
    }
  }

  /**
   * The metrics at {@code /metrics}.
   *
   * @param option names itself in a refusal
   * @param address {@code 127.0.0.1:9435}, or a port alone
   * @param metrics empty as long as there are none
   */
  public static TopServer metrics(
      String option, String address, Supplier<Optional<String>> metrics) {
    return start(
        option,
        address,
        Map.of(
            "/metrics", () -> metrics.get().map(TopServer::metrics).orElse(NO_LOOK_YET),
            "/", () -> new Body("text/plain", "Metrics are at /metrics.\n")));
  }

  private static Body metrics(String text) {
    return new Body("text/plain; version=0.0.4", text);
  }

  /**
   * The page, and what it shows.
   *
   * @param json the newest look with its history
   */
  public static TopServer page(String option, String address, Supplier<String> json) {
    return start(
        option,
        address,
        Map.of(
            "/", () -> resource("text/html", "top.html"),
            "/top.js", () -> resource("text/javascript", "top.js"),
            "/top.css", () -> resource("text/css", "top.css"),
            "/data.json", () -> new Body("application/json", json.get())));
  }

  private static Body resource(String type, String name) {
    try (InputStream in = TopServer.class.getResourceAsStream("/top/" + name)) {
      if (in == null) {
        throw new IllegalStateException("this program lacks its file " + name);
      }
      return new Body(type, new String(in.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + name + " of this program", e);
    }
  }

  private static TopServer start(String option, String address, Map<String, Supplier<Body>> pages) {
    InetSocketAddress asked = parse(option, address);
    LIMITS.forEach(
        (name, limit) -> System.getProperties().putIfAbsent(name, Integer.toString(limit)));
    try {
      HttpServer http =
          HttpServer.create(new InetSocketAddress(bound(asked.getAddress()), asked.getPort()), 0);
      // A thread for each request: who is slow keeps nobody else waiting.
      ExecutorService threads =
          Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http").factory());
      http.setExecutor(threads);
      TopServer server = new TopServer(http, threads, asked.getAddress());
      http.createContext("/", exchange -> server.answer(exchange, pages));
      http.start();
      return server;
    } catch (BindException e) {
      throw new Refusal(
          Refusal.Kind.ENVIRONMENT,
          "%s %s cannot be listened on: %s; choose another %s."
              .formatted(option, address, e.getMessage(), isOfThisHost(asked) ? "port" : "address"),
          e);
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.ENVIRONMENT,
          "%s %s cannot be listened on: %s.".formatted(option, address, e.getMessage()),
          e);
    }
  }

  /**
   * Java takes 0.0.0.0 for every address, those of IPv6 among them; written as IPv6 writes it (RFC
   * 4291, 2.5.5.2), Linux takes it for those of IPv4.
   */
  private static InetAddress bound(InetAddress asked) throws IOException {
    if (!(asked instanceof Inet4Address) || !asked.isAnyLocalAddress() || !hasIpv6()) {
      return asked;
    }
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    return Inet6Address.getByAddress("", mapped, -1);
  }

  private static boolean hasIpv6() {
    return Files.exists(Path.of("/proc/net/if_inet6"))
        && !Boolean.getBoolean("java.net.preferIPv4Stack");
  }

  private static boolean isOfThisHost(InetSocketAddress asked) {
    try {
      return asked.getAddress().isAnyLocalAddress()
          || NetworkInterface.getByInetAddress(asked.getAddress()) != null;
    } catch (SocketException e) {
      return true;
    }
  }

  private static InetSocketAddress parse(String option, String address) {
    Matcher parts = ADDRESS.matcher(address);
    if (!parts.matches() || Integer.parseInt(parts.group(2)) > HIGHEST_PORT) {
      throw Refusal.option(
          "%s takes an address like 127.0.0.1:9435, not '%s'.".formatted(option, address));
    }
    @Nullable String host = parts.group(1);
    try {
      return new InetSocketAddress(
          InetAddress.getByName(host == null || host.isEmpty() ? LOOPBACK : host),
          Integer.parseInt(parts.group(2)));
    } catch (UnknownHostException e) {
      throw Refusal.option("%s names no address of this host: '%s'.".formatted(option, address));
    }
  }

  private void answer(HttpExchange exchange, Map<String, Supplier<Body>> pages) throws IOException {
    try (exchange) {
      Supplier<Body> page = pages.get(exchange.getRequestURI().getPath());
      String method = exchange.getRequestMethod();
      if (!List.of("GET", "HEAD").contains(method)) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        send(exchange, new Body(405, "text/plain", "Read only.\n"));
      } else if (!isForUs(exchange)) {
        send(exchange, new Body(403, "text/plain", "Ask by the address of this host.\n"));
      } else if (page == null) {
        send(exchange, new Body(404, "text/plain", "Not here.\n"));
      } else {
        send(exchange, page.get());
      }
    }
  }

  /** On the loopback address the request must name it: a name could be anybody's. */
  private boolean isForUs(HttpExchange exchange) {
    String host = exchange.getRequestHeaders().getFirst("Host");
    return !asked.isLoopbackAddress()
        || (host != null && host.matches("(127(\\.\\d{1,3}){3}|\\[::1\\]|localhost)(:\\d{1,5})?"));
  }

  private static void send(HttpExchange exchange, Body body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", body.type + "; charset=utf-8");
    exchange.getResponseHeaders().set("Content-Security-Policy", POLICY);
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    byte[] bytes = body.bytes();
    exchange.sendResponseHeaders(body.status, head || bytes.length == 0 ? -1 : bytes.length);
    if (!head) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(bytes);
      }
    }
  }

  /** {@code http://127.0.0.1:9435/}. */
  public String url() {
    String host = asked.getHostAddress();
    return "http://%s:%d/"
        .formatted(host.contains(":") ? "[" + host + "]" : host, server.getAddress().getPort());
  }

  /** Who can reach it, where that is more than the address says; else empty. */
  public String reach() {
    if (!asked.isAnyLocalAddress()) {
      return "";
    }
    return asked instanceof Inet4Address
        ? " (every IPv4 address of this host)"
        : " (every address of this host, IPv6 and IPv4)";
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
