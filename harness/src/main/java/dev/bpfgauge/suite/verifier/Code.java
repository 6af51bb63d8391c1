package dev.bpfgauge.suite.verifier;

import java.util.Arrays;

/**
 * BPF instructions in order, as the kernel takes them (kernel:
 * Documentation/bpf/standardization/instruction-set.rst). Registers are numbers: 0 the result, 1 to
 * 5 arguments, 6 to 9 kept over calls, 10 the stack's end. Offsets and targets count instructions.
 */
final class Code {
  private static final int BPF_ALU64_ADD_K = 0x07;
  private static final int BPF_ALU64_ADD_X = 0x0f;
  private static final int BPF_ALU64_XOR_K = 0xa7;
  private static final int BPF_ALU64_MUL_K = 0x27;
  private static final int BPF_ALU64_MOV_K = 0xb7;
  private static final int BPF_ALU64_MOV_X = 0xbf;
  private static final int BPF_LD_IMM64 = 0x18;
  private static final int BPF_LDX_W = 0x61;
  private static final int BPF_LDX_DW = 0x79;
  private static final int BPF_STX_DW = 0x7b;
  private static final int BPF_JGT_K = 0x25;
  private static final int BPF_JLT_K = 0xa5;
  private static final int BPF_CALL = 0x85;
  private static final int BPF_EXIT = 0x95;
  private static final int BPF_PSEUDO_CALL = 1;
  private static final int BPF_PSEUDO_FUNC = 4;

  private long[] code = new long[64];
  private int count;

  private Code add(int opcode, int to, int from, int offset, int immediate) {
    if (count == code.length) {
      code = Arrays.copyOf(code, 2 * count);
    }
    code[count++] =
        opcode | to << 8 | from << 12 | (offset & 0xffffL) << 16 | (long) immediate << 32;
    return this;
  }

  /** {@code to += value}. */
  Code add(int to, int value) {
    return add(BPF_ALU64_ADD_K, to, 0, 0, value);
  }

  /** {@code to += from}. */
  Code addRegister(int to, int from) {
    return add(BPF_ALU64_ADD_X, to, from, 0, 0);
  }

  /** {@code to ^= value}. */
  Code xor(int to, int value) {
    return add(BPF_ALU64_XOR_K, to, 0, 0, value);
  }

  /** {@code to *= value}. */
  Code multiply(int to, int value) {
    return add(BPF_ALU64_MUL_K, to, 0, 0, value);
  }

  /** {@code to = value}. */
  Code set(int to, int value) {
    return add(BPF_ALU64_MOV_K, to, 0, 0, value);
  }

  /** {@code to = from}. */
  Code copy(int to, int from) {
    return add(BPF_ALU64_MOV_X, to, from, 0, 0);
  }

  /** {@code to = *(u32 *)(from + bytes)}. */
  Code loadWord(int to, int from, int bytes) {
    return add(BPF_LDX_W, to, from, bytes, 0);
  }

  /** {@code to = *(u64 *)(stack + bytes)}, bytes below zero. */
  Code fill(int to, int bytes) {
    return add(BPF_LDX_DW, to, 10, bytes, 0);
  }

  /** {@code *(u64 *)(stack + bytes) = from}, bytes below zero. */
  Code spill(int bytes, int from) {
    return add(BPF_STX_DW, 10, from, bytes, 0);
  }

  /** Leaves out as many instructions as {@code offset} says where {@code register > value}. */
  Code skipIfGreater(int register, int value, int offset) {
    return add(BPF_JGT_K, register, 0, offset, value);
  }

  /** Goes to {@code target} where {@code register < value}. */
  Code goIfLess(int register, int value, int target) {
    return add(BPF_JLT_K, register, 0, target - count - 1, value);
  }

  /** Calls a helper of the kernel. */
  Code helper(int number) {
    return add(BPF_CALL, 0, 0, 0, number);
  }

  /** Calls the function that begins at {@code target}. */
  Code call(int target) {
    return add(BPF_CALL, 0, BPF_PSEUDO_CALL, 0, target - count - 1);
  }

  /** {@code to =} the function that begins at {@code target}, to be called back: two places. */
  Code function(int to, int target) {
    add(BPF_LD_IMM64, to, BPF_PSEUDO_FUNC, 0, target - count - 1);
    return add(0, 0, 0, 0, 0);
  }

  Code exit() {
    return add(BPF_EXIT, 0, 0, 0, 0);
  }

  /** Where the next instruction comes to stand. */
  int here() {
    return count;
  }

  long[] toArray() {
    return Arrays.copyOf(code, count);
  }
}
