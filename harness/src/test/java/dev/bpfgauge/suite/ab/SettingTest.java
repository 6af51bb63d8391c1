package dev.bpfgauge.suite.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "env:NAME=",
        "env:NAME=a=b c",
        "run:./new --fast 'x y'",
        "sysctl:kernel.printk_ratelimit=7",
        "file:/proc/sys/kernel/printk_ratelimit=7",
        "cpus:0-1,5"
      })
  void oneIsReadAsItWasWritten(String text) {
    assertEquals(text, Setting.parse("--b", text).text());
  }

  @Test
  void itsFileIsWhatSysctlMeans() {
    assertEquals(
        Path.of("/proc/sys/kernel/printk_ratelimit"),
        Setting.parse("--b", "sysctl:kernel.printk_ratelimit=7").file());
    assertEquals(List.of(0, 1, 5), Setting.parse("--b", "cpus:0-1,5").cpus("cpus:0-1,5"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "evn:A=1 | --b: unknown setting \"evn\": did you mean \"env\"? Known: env, run, sysctl,"
            + " file, cpus, cgroup, bpf, or a name that ab list shows",
        "env:=1 | --b env:=1: env takes env:NAME=VALUE.",
        "env | --b env: env takes env:NAME=VALUE.",
        "run: | --b run:: run takes run:COMMAND.",
        "/sys/x=1 | --b /sys/x=1: a file is file:/sys/x=1.",
        "file:/etc/passwd=1 | --b file:/etc/passwd=1: only files below /sys and /proc/sys are"
            + " settings.",
        "file:/sys/../etc/passwd=1 | --b file:/sys/../etc/passwd=1: only files below /sys and"
            + " /proc/sys are settings.",
        "sysctl:no.such=1 | --b sysctl:no.such=1: this kernel has no /proc/sys/no/such.",
        "cgroup:/tmp | --b cgroup:/tmp: /tmp is not a control group: make it with mkdir.",
        "cpus:3-1 | --b cpus:3-1: '3-1' is not a list of CPUs like 0-3,8.",
        "cpus:one | --b cpus:one: 'one' is not a list of CPUs like 0-3,8.",
        "bpf:/no/such.o | --b bpf:/no/such.o: there is no file /no/such.o.",
      })
  void anythingElseIsRefusedInOneSentence(String text, String sentence) {
    assertEquals(
        sentence, assertThrows(Refusal.class, () -> Setting.parse("--b", text)).getMessage());
  }

  /** This kernel has some of them: what has a name is a setting like others. */
  @Test
  void whatHasANameIsASetting() throws IOException {
    Requires.root();
    int here = 0;
    for (KnownSetting known : KnownSetting.values()) {
      if (known.now().isPresent()) {
        here++;
        Setting setting = Setting.parse("--b", known.word());
        assertEquals(known.text(), setting.text());
        String now = ForeignText.read(setting.file()).strip();
        assertTrue(now.contains(known.now().orElseThrow()), known + " " + now);
      } else {
        String said =
            String.valueOf(
                assertThrows(Refusal.class, () -> Setting.parse("--b", known.word())).getMessage());
        assertTrue(said.startsWith("--b " + known.word() + " "), said);
      }
    }
    assertTrue(here >= 3, "settings here: " + here);
  }
}
