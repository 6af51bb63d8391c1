package dev.bpfgauge.report.page;

import dev.bpfgauge.Patience;
import dev.bpfgauge.os.SearchPath;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One page in a real, headless Chromium, steered over the DevTools protocol. */
public final class Chromium implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** What a call may take, on a machine that is busy with something else. */
  private final Process process;

  private final HttpClient http = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final AtomicInteger lastId = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<JsonNode>> events = new ConcurrentHashMap<>();
  private final String session;

  /** Every address the page asked for, itself included. */
  public final List<String> requests = Collections.synchronizedList(new ArrayList<>());

  /** Console messages, log entries and exceptions. */
  public final List<String> complaints = Collections.synchronizedList(new ArrayList<>());

  private Chromium(Process process, URI address) throws Exception {
    this.process = process;
    this.socket =
        http.newWebSocketBuilder()
            .buildAsync(address, new Listener())
            .get(Patience.SECONDS, TimeUnit.SECONDS);
    String target =
        call("", "Target.createTarget", Map.of("url", "about:blank")).get("targetId").asString();
    session =
        call("", "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
            .get("sessionId")
            .asString();
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      call(domain + ".enable", Map.of());
    }
  }

  /** Where Chromium is, or null. */
  public static @Nullable Path binary() {
    for (String name : List.of("chromium", "chromium-browser", "google-chrome")) {
      Optional<Path> found = SearchPath.find(name);
      if (found.isPresent()) {
        return found.get();
      }
    }
    return null;
  }

  /** Starts a browser with a profile of its own in {@code folder}. */
  public static Chromium start(Path binary, Path folder) throws Exception {
    Path log = folder.resolve("chromium.log");
    Process process =
        new ProcessBuilder(
                binary.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--user-data-dir=" + folder.resolve("profile"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Patience.SECONDS);
    while (System.nanoTime() < deadline && process.isAlive()) {
      for (String line : Files.readString(log, StandardCharsets.UTF_8).split("\n", -1)) {
        if (line.startsWith("DevTools listening on ")) {
          return new Chromium(process, URI.create(line.substring(22).strip()));
        }
      }
      Thread.sleep(50);
    }
    process.destroyForcibly();
    throw new IOException("chromium did not come up: " + Files.readString(log));
  }

  public void open(Path page, int width, int height) throws Exception {
    open(page.toUri(), width, height);
  }

  /** A page that somebody serves. */
  public void open(URI page, int width, int height) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    CompletableFuture<JsonNode> loaded = new CompletableFuture<>();
    events.put("Page.loadEventFired", loaded);
    call("Page.navigate", Map.of("url", page.toString()));
    var _ = orEnd(loaded);
  }

  /** {@code light} or {@code dark}; {@code screen} or {@code print}. */
  public void look(String scheme, String media) throws Exception {
    call(
        "Emulation.setEmulatedMedia",
        Map.of(
            "media",
            media,
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  public void disableScripts(boolean disabled) throws Exception {
    call("Emulation.setScriptExecutionDisabled", Map.of("value", disabled));
  }

  public void press(String key) throws Exception {
    int code = key.equals("ArrowLeft") ? 37 : 9;
    for (String type : List.of("keyDown", "keyUp")) {
      call(
          "Input.dispatchKeyEvent",
          Map.of("type", type, "key", key, "code", key, "windowsVirtualKeyCode", code));
    }
  }

  public void moveTo(double x, double y) throws Exception {
    call("Input.dispatchMouseEvent", Map.of("type", "mouseMoved", "x", x, "y", y));
  }

  /** The value of an expression, by way of JSON; of a promise, what it comes to. */
  public JsonNode evaluate(String expression) throws Exception {
    JsonNode answer =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException(answer.get("exceptionDetails").toString());
    }
    return answer.get("result").path("value");
  }

  /** A picture of the whole page, or of the window alone. */
  void screenshot(Path file, boolean whole) throws Exception {
    JsonNode answer = call("Page.captureScreenshot", Map.of("captureBeyondViewport", whole));
    Files.write(file, Base64.getDecoder().decode(answer.get("data").asString()));
  }

  byte[] pdf() throws Exception {
    JsonNode answer = call("Page.printToPDF", Map.of("preferCSSPageSize", true));
    return Base64.getDecoder().decode(answer.get("data").asString());
  }

  private JsonNode call(String method, Map<String, Object> params) throws Exception {
    return call(session, method, params);
  }

  private JsonNode call(String inSession, String method, Map<String, Object> params)
      throws Exception {
    int id = lastId.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    calls.put(id, answer);
    Map<String, Object> message =
        inSession.isEmpty()
            ? Map.of("id", id, "method", method, "params", params)
            : Map.of("id", id, "method", method, "params", params, "sessionId", inSession);
    socket.sendText(JSON.writeValueAsString(message), true).get(Patience.SECONDS, TimeUnit.SECONDS);
    JsonNode got = orEnd(answer);
    if (got.has("error")) {
      throw new IllegalStateException(method + ": " + got.get("error"));
    }
    return got.get("result");
  }

  /** What comes; a browser that has ended will not send it. */
  private JsonNode orEnd(CompletableFuture<JsonNode> awaited) throws Exception {
    CompletableFuture<Process> end = process.onExit();
    CompletableFuture.anyOf(awaited, end).get(Patience.SECONDS, TimeUnit.SECONDS);
    if (!awaited.isDone()) {
      throw new IOException("chromium has ended with code " + process.exitValue());
    }
    return awaited.get();
  }

  private void receive(JsonNode message) {
    if (message.has("id")) {
      CompletableFuture<JsonNode> call = calls.remove(message.get("id").asInt());
      if (call != null) {
        call.complete(message);
      }
      return;
    }
    String method = message.path("method").asString("");
    JsonNode params = message.path("params");
    switch (method) {
      case "Network.requestWillBeSent" ->
          requests.add(params.path("request").path("url").asString(""));
      case "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown" ->
          complaints.add(params.toString());
      default -> {}
    }
    CompletableFuture<JsonNode> waiting = events.remove(method);
    if (waiting != null) {
      waiting.complete(params);
    }
  }

  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    socket.abort();
    http.shutdownNow();
    process.destroy();
    process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
    children.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        JsonNode message = JSON.readTree(text.toString());
        text.setLength(0);
        receive(message);
      }
      from.request(1);
      return null;
    }
  }
}
