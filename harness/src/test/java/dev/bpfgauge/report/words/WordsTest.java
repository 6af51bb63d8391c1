package dev.bpfgauge.report.words;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bpfgauge.os.Program;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {
  @Test
  void nanosecondsCarryAsManyDigitsAsTheyDeserve() {
    assertEquals("1 234", plain(Words.nanos(1234.4)));
    assertEquals("98.7", Words.nanos(98.71));
    assertEquals("1.23", Words.nanos(1.234));
    assertEquals("−3.50", Words.nanos(-3.5));
    assertEquals("–", Words.nanos(Double.NaN));
    assertEquals("[1 200, 1 270]", plain(Words.nanos(new Interval(1200, 1270))));
  }

  @Test
  void whatTakesMoreInstructionsIsMoreWorkAndNotSlower() {
    assertEquals("slower", Words.verdict(Verdict.SLOWER, "ns"));
    assertEquals("more work", Words.verdict(Verdict.SLOWER, "instructions"));
    assertEquals("equivalent", Words.verdict(Verdict.EQUIVALENT, "instructions"));
    assertEquals("more work, less work", Words.changes("instructions"));
    assertEquals("does less work", Words.predicate(1, Verdict.FASTER, "instructions"));
    assertEquals("do more work", Words.predicate(2, Verdict.SLOWER, "instructions"));
    assertEquals("are faster", Words.predicate(2, Verdict.FASTER, "emulated ns"));
    assertEquals("is equivalent", Words.predicate(1, Verdict.EQUIVALENT, "instructions"));
  }

  @Test
  void ratiosNearOneShowAThirdDigit() {
    assertEquals("1.18×", Words.ratio(1.184));
    assertEquals("1.031×", Words.ratio(1.0311));
    assertEquals("0.022×", Words.ratio(0.0218));
    assertEquals("[1.021, 1.040]", Words.ratio(1.03, new Interval(1.021, 1.04)));
    assertEquals("[1.12, 1.25]", Words.ratio(1.18, new Interval(1.12, 1.251)));
    assertEquals("–", Words.ratio(Double.NaN));
  }

  @Test
  void durationsAreReadable() {
    assertEquals("350 ms", plain(Words.duration(350)));
    assertEquals("11 min 20 s", plain(Words.duration(680_000)));
    assertEquals("2 h 5 min", plain(Words.duration(7_500_000)));
  }

  @Test
  void axesAndMarginsAreShort() {
    assertEquals("0.5", Words.axis(0.5));
    assertEquals("0.3", Words.axis(0.1 + 0.2));
    assertEquals("10 000", plain(Words.axis(10_000)));
    assertEquals("2.5 %", plain(Words.margin(0.025)));
  }

  @Test
  void listsReadAsSentencesDo() {
    assertEquals("a", Words.list(List.of("a")));
    assertEquals("a, b and c", Words.list(List.of("a", "b", "c")));
  }

  @Test
  void markupIsEscaped() {
    assertEquals("&lt;b a=&quot;1&quot;&gt;&#39;&amp;?", Words.escape("<b a=\"1\">'&\u0001"));
  }

  @Test
  void parametersSortAsNumbers() {
    assertEquals(-1, Integer.signum(CellNames.compareNatural("1024 entries", "65536 entries")));
    assertEquals(1, Integer.signum(CellNames.compareNatural("b", "a10")));
    assertEquals(0, CellNames.compareNatural("a2", "a2"));
  }

  @Test
  void commandsSurviveTheShell() {
    assertEquals("cpu80,idle", Program.quoted("cpu80,idle"));
    assertEquals("'./my profile.yaml'", Program.quoted("./my profile.yaml"));
    assertEquals("'a'\\''b; rm -rf'", Program.quoted("a'b; rm -rf"));
  }

  private static String plain(String words) {
    return words.replace(Words.THIN, " ");
  }
}
