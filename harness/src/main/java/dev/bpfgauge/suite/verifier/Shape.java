package dev.bpfgauge.suite.verifier;

import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.model.Refusal;
import java.util.List;

/**
 * A kind of program that can be made as long as one likes, and whose result is known beforehand.
 * Each is a socket filter: what it knows of its packet is the length.
 */
enum Shape {
  /** So many arithmetic instructions on a value unknown to the verifier. */
  STRAIGHT_LINE(900_000) {
    @Override
    void write(Code code, int size) {
      code.loadWord(0, 1, PACKET_LENGTH);
      for (int i = 0; i < size; i++) {
        switch (i % 3) {
          case 0 -> code.add(0, 7);
          case 1 -> code.xor(0, 0x55);
          default -> code.multiply(0, 3);
        }
      }
      code.exit();
    }

    @Override
    int result(int size, int length) {
      long value = length;
      for (int i = 0; i < size; i++) {
        value =
            switch (i % 3) {
              case 0 -> value + 7;
              case 1 -> value ^ 0x55;
              default -> value * 3;
            };
      }
      return (int) value;
    }
  },

  /** So many conditions, each on a value of its own that the verifier does not know. */
  BRANCHES(100_000) {
    @Override
    void write(Code code, int size) {
      code.set(0, 0);
      for (int i = 0; i < size; i++) {
        code.loadWord(2, 1, PACKET_LENGTH).skipIfGreater(2, i, 1).add(0, 1);
      }
      code.exit();
    }

    @Override
    int result(int size, int length) {
      return Math.max(0, size - length);
    }
  },

  /** A loop of so many turns, which the verifier walks turn by turn. */
  BOUNDED_LOOP(900_000) {
    @Override
    void write(Code code, int size) {
      code.set(0, 0);
      int start = code.here();
      code.add(0, 1).goIfLess(0, size, start).exit();
    }

    @Override
    int result(int size, int length) {
      return size;
    }
  },

  /** The same loop by bpf_loop(), whose body the verifier looks at once or twice. */
  BPF_LOOP(1 << 23) {
    @Override
    void write(Code code, int size) {
      code.set(1, size).function(2, CALLBACK).set(3, 0).set(4, 0).helper(LOOP_HELPER).exit();
      code.set(0, 0).exit();
    }

    @Override
    List<Integer> functions() {
      return List.of(0, CALLBACK);
    }

    @Override
    int result(int size, int length) {
      return size;
    }
  },

  /** So many functions, each called once. The kernel takes 256 functions. */
  SUBPROGRAMS(255) {
    @Override
    void write(Code code, int size) {
      code.set(6, 0);
      int first = 3 + 3 * size;
      for (int i = 0; i < size; i++) {
        code.set(1, i).call(first + 3 * i).addRegister(6, 0);
      }
      code.copy(0, 6).exit();
      for (int i = 0; i < size; i++) {
        code.copy(0, 1).add(0, 1).exit();
      }
    }

    @Override
    int result(int size, int length) {
      return size * (size + 1) / 2;
    }
  },

  /** So many times a register to the stack and back, over the whole stack. */
  SPILLS(400_000) {
    @Override
    void write(Code code, int size) {
      code.loadWord(6, 1, PACKET_LENGTH);
      for (int i = 0; i < size; i++) {
        int slot = -Long.BYTES * (1 + i % STACK_SLOTS);
        code.spill(slot, 6).fill(6, slot);
      }
      code.copy(0, 6).exit();
    }

    @Override
    int result(int size, int length) {
      return length;
    }
  };

  /** Where {@code len} lies in {@code struct __sk_buff}. */
  private static final int PACKET_LENGTH = 0;

  private static final int STACK_SLOTS = 64;

  /** bpf_loop, Linux 5.17. */
  private static final int LOOP_HELPER = 181;

  /** Where the loop's body begins. */
  private static final int CALLBACK = 7;

  private final int most;

  Shape(int most) {
    this.most = most;
  }

  /** Appends the whole program. */
  abstract void write(Code code, int size);

  /** What it gives for a packet of {@code length} bytes. */
  abstract int result(int size, int length);

  /** Where its functions begin, if one of them is called back by the kernel. */
  List<Integer> functions() {
    return List.of();
  }

  /** Largest size. */
  int most() {
    return most;
  }

  /** Sizes measured unless others are asked for. */
  List<Integer> usual() {
    return switch (this) {
      case STRAIGHT_LINE -> List.of(100, 1_000, 10_000);
      case BOUNDED_LOOP -> List.of(10, 100, 1_000, 10_000);
      case BPF_LOOP -> List.of(10, 1_000, 100_000);
      case SUBPROGRAMS -> List.of(10, 100, 250);
      case BRANCHES, SPILLS -> List.of(10, 100, 1_000);
    };
  }

  String word() {
    return EnumWords.of(this);
  }

  static List<String> words() {
    return EnumWords.all(Shape.class);
  }

  /**
   * The shape of that {@link #word()}.
   *
   * @throws Refusal with the nearest name where there is none
   */
  static Shape ofWord(String word) {
    return EnumWords.parse(Shape.class, "program", word);
  }
}
