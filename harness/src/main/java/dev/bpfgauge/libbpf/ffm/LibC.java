package dev.bpfgauge.libbpf.ffm;

import static dev.bpfgauge.libbpf.ffm.NativeLibrary.BRIEF;
import static dev.bpfgauge.libbpf.ffm.NativeLibrary.INT;
import static dev.bpfgauge.libbpf.ffm.NativeLibrary.LONG;
import static dev.bpfgauge.libbpf.ffm.NativeLibrary.POINTER;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The functions of libc that we call; names and parameters are C's. A method whose first parameter
 * is {@code errno} leaves its errno there ({@link Errno}); the others do not keep it.
 */
@SuppressWarnings("MemberName") // C names verbatim
public final class LibC {

  private static final NativeLibrary LIBC = NativeLibrary.libc();

  /** Signals, the same on x86-64 and aarch64. */
  public static final int SIGCONT = 18;

  public static final int SIGSTOP = 19;

  public static final int SIGTSTP = 20;

  // What is measured is bound at once, a constant to the JIT; the rest at its first call.

  private static final MethodHandle getppid$mh =
      LIBC.bind("getppid", FunctionDescriptor.of(INT), BRIEF);

  private static final MethodHandle abs$mh =
      LIBC.bind("abs", FunctionDescriptor.of(INT, INT), BRIEF);

  private static final MethodHandle send$mh =
      LIBC.bind("send", FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT));

  private static final MethodHandle recv$mh =
      LIBC.bind("recv", FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT));

  private static final MethodHandle syscall$mh =
      LIBC.bind(
          "syscall",
          FunctionDescriptor.of(LONG, LONG, LONG, POINTER, LONG),
          Linker.Option.firstVariadicArg(1),
          BRIEF);

  private static final LateHandle syscall$errno$mh =
      LIBC.bindLate(
          "syscall",
          FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG),
          Linker.Option.firstVariadicArg(1),
          Errno.CAPTURE);

  private static final LateHandle mmap$mh =
      LIBC.bindLate(
          "mmap",
          FunctionDescriptor.of(POINTER, POINTER, LONG, INT, INT, INT, LONG),
          Errno.CAPTURE);

  private static final LateHandle munmap$mh =
      LIBC.bindLate("munmap", FunctionDescriptor.of(INT, POINTER, LONG), Errno.CAPTURE);

  private static final LateHandle madvise$mh =
      LIBC.bindLate("madvise", FunctionDescriptor.of(INT, POINTER, LONG, INT), Errno.CAPTURE);

  private static final LateHandle memfd_create$mh =
      LIBC.bindLate("memfd_create", FunctionDescriptor.of(INT, POINTER, INT), Errno.CAPTURE);

  private static final LateHandle open$mh =
      LIBC.bindLate(
          "open",
          FunctionDescriptor.of(INT, POINTER, INT, INT),
          Linker.Option.firstVariadicArg(2),
          Errno.CAPTURE);

  private static final LateHandle close$mh =
      LIBC.bindLate("close", FunctionDescriptor.of(INT, INT), Errno.CAPTURE);

  private static final LateHandle read$mh =
      LIBC.bindLate("read", FunctionDescriptor.of(LONG, INT, POINTER, LONG), Errno.CAPTURE);

  private static final LateHandle write$mh =
      LIBC.bindLate("write", FunctionDescriptor.of(LONG, INT, POINTER, LONG), Errno.CAPTURE);

  private static final LateHandle ioctl$mh =
      LIBC.bindLate(
          "ioctl",
          FunctionDescriptor.of(INT, INT, LONG, LONG),
          Linker.Option.firstVariadicArg(2),
          Errno.CAPTURE);

  private static final LateHandle epoll_create1$mh =
      LIBC.bindLate("epoll_create1", FunctionDescriptor.of(INT, INT), Errno.CAPTURE);

  private static final LateHandle epoll_ctl$mh =
      LIBC.bindLate("epoll_ctl", FunctionDescriptor.of(INT, INT, INT, INT, POINTER), Errno.CAPTURE);

  private static final LateHandle epoll_wait$mh =
      LIBC.bindLate(
          "epoll_wait", FunctionDescriptor.of(INT, INT, POINTER, INT, INT), Errno.CAPTURE);

  private static final LateHandle getpagesize$mh =
      LIBC.bindLate("getpagesize", FunctionDescriptor.of(INT));

  private static final LateHandle prctl$mh =
      LIBC.bindLate(
          "prctl",
          FunctionDescriptor.of(INT, INT, LONG, LONG, LONG, LONG),
          Linker.Option.firstVariadicArg(1),
          Errno.CAPTURE);

  private static final LateHandle unshare$mh =
      LIBC.bindLate("unshare", FunctionDescriptor.of(INT, INT), Errno.CAPTURE);

  private static final LateHandle setns$mh =
      LIBC.bindLate("setns", FunctionDescriptor.of(INT, INT, INT), Errno.CAPTURE);

  private static final LateHandle socket$mh =
      LIBC.bindLate("socket", FunctionDescriptor.of(INT, INT, INT, INT), Errno.CAPTURE);

  private static final LateHandle bind$mh =
      LIBC.bindLate("bind", FunctionDescriptor.of(INT, INT, POINTER, INT), Errno.CAPTURE);

  private static final LateHandle connect$mh =
      LIBC.bindLate("connect", FunctionDescriptor.of(INT, INT, POINTER, INT), Errno.CAPTURE);

  private static final LateHandle listen$mh =
      LIBC.bindLate("listen", FunctionDescriptor.of(INT, INT, INT), Errno.CAPTURE);

  private static final LateHandle shutdown$mh =
      LIBC.bindLate("shutdown", FunctionDescriptor.of(INT, INT, INT), Errno.CAPTURE);

  private static final LateHandle if_nametoindex$mh =
      LIBC.bindLate("if_nametoindex", FunctionDescriptor.of(INT, POINTER), Errno.CAPTURE);

  private static final LateHandle sched_setaffinity$mh =
      LIBC.bindLate(
          "sched_setaffinity", FunctionDescriptor.of(INT, INT, LONG, POINTER), Errno.CAPTURE);

  private static final LateHandle sched_getaffinity$mh =
      LIBC.bindLate(
          "sched_getaffinity", FunctionDescriptor.of(INT, INT, LONG, POINTER), Errno.CAPTURE);

  private static final LateHandle clock_getcpuclockid$mh =
      LIBC.bindLate("clock_getcpuclockid", FunctionDescriptor.of(INT, INT, POINTER));

  private static final LateHandle timerfd_create$mh =
      LIBC.bindLate("timerfd_create", FunctionDescriptor.of(INT, INT, INT), Errno.CAPTURE);

  private static final LateHandle timerfd_settime$mh =
      LIBC.bindLate(
          "timerfd_settime", FunctionDescriptor.of(INT, INT, INT, POINTER, POINTER), Errno.CAPTURE);

  private static final LateHandle clock_gettime$mh =
      LIBC.bindLate("clock_gettime", FunctionDescriptor.of(INT, INT, POINTER), Errno.CAPTURE);

  private static final LateHandle kill$mh =
      LIBC.bindLate("kill", FunctionDescriptor.of(INT, INT, INT));

  private static final LateHandle raise$mh =
      LIBC.bindLate("raise", FunctionDescriptor.of(INT, INT));

  private static final LateHandle getrusage$mh =
      LIBC.bindLate("getrusage", FunctionDescriptor.of(INT, INT, POINTER), Errno.CAPTURE);

  private static final LateHandle posix_spawn$mh =
      LIBC.bindLate(
          "posix_spawn",
          FunctionDescriptor.of(INT, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER));

  private static final LateHandle posix_spawn_file_actions_init$mh =
      LIBC.bindLate("posix_spawn_file_actions_init", FunctionDescriptor.of(INT, POINTER));

  private static final LateHandle posix_spawn_file_actions_destroy$mh =
      LIBC.bindLate("posix_spawn_file_actions_destroy", FunctionDescriptor.of(INT, POINTER));

  private static final LateHandle posix_spawn_file_actions_addopen$mh =
      LIBC.bindLate(
          "posix_spawn_file_actions_addopen",
          FunctionDescriptor.of(INT, POINTER, INT, POINTER, INT, INT));

  private static final LateHandle posix_spawn_file_actions_adddup2$mh =
      LIBC.bindLate(
          "posix_spawn_file_actions_adddup2", FunctionDescriptor.of(INT, POINTER, INT, INT));

  private static final LateHandle posix_spawnattr_init$mh =
      LIBC.bindLate("posix_spawnattr_init", FunctionDescriptor.of(INT, POINTER));

  private static final LateHandle posix_spawnattr_destroy$mh =
      LIBC.bindLate("posix_spawnattr_destroy", FunctionDescriptor.of(INT, POINTER));

  private static final LateHandle posix_spawnattr_setflags$mh =
      LIBC.bindLate(
          "posix_spawnattr_setflags", FunctionDescriptor.of(INT, POINTER, ValueLayout.JAVA_SHORT));

  private static final LateHandle posix_spawnattr_setsigmask$mh =
      LIBC.bindLate("posix_spawnattr_setsigmask", FunctionDescriptor.of(INT, POINTER, POINTER));

  private static final LateHandle posix_spawnattr_setsigdefault$mh =
      LIBC.bindLate("posix_spawnattr_setsigdefault", FunctionDescriptor.of(INT, POINTER, POINTER));

  private static final LateHandle pipe2$mh =
      LIBC.bindLate("pipe2", FunctionDescriptor.of(INT, POINTER, INT), Errno.CAPTURE);

  private static final LateHandle wait4$mh =
      LIBC.bindLate("wait4", FunctionDescriptor.of(INT, INT, POINTER, INT, POINTER), Errno.CAPTURE);

  private static final LateHandle geteuid$mh = LIBC.bindLate("geteuid", FunctionDescriptor.of(INT));

  private static final LateHandle gettid$mh = LIBC.bindLate("gettid", FunctionDescriptor.of(INT));

  private static final LateHandle vsnprintf$mh =
      LIBC.bindLate("vsnprintf", FunctionDescriptor.of(INT, POINTER, LONG, POINTER, POINTER));

  private static final LateHandle strerror$mh =
      LIBC.bindLate("strerror", FunctionDescriptor.of(POINTER, INT));

  private static final LateHandle strerrordesc_np$mh =
      LIBC.bindLate("strerrordesc_np", FunctionDescriptor.of(POINTER, INT));

  private LibC() {}

  /** Whether this libc has the symbol, e.g. {@code strerrordesc_np} (glibc 2.32). */
  public static boolean has(String symbol) {
    return LIBC.has(symbol);
  }

  /** Where the symbol's code lies in this process. */
  public static Optional<MemorySegment> address(String symbol) {
    return LIBC.address(symbol);
  }

  /** getppid(2): the cheapest real system call, a step of the floor ladder. */
  public static int getppid() {
    try {
      return (int) getppid$mh.invokeExact();
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** abs(3): does nothing worth naming; what a call by FFM costs, a step of the floor ladder. */
  public static int abs(int j) {
    try {
      return (int) abs$mh.invokeExact(j);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** syscall(2) in the shape of bpf(2), without errno: -1 on error. For calls that never wait. */
  public static long syscall(long number, long cmd, MemorySegment attr, long size) {
    try {
      return (long) syscall$mh.invokeExact(number, cmd, attr, size);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** syscall(2) with errno kept and six arguments, pointers as addresses. For cold paths. */
  public static long syscall(
      MemorySegment errno, long number, long a1, long a2, long a3, long a4, long a5, long a6) {
    try {
      return (long) syscall$errno$mh.get().invokeExact(errno, number, a1, a2, a3, a4, a5, a6);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** mmap(2): {@code MAP_FAILED}, an address of -1, on error. */
  public static MemorySegment mmap(
      MemorySegment errno,
      MemorySegment addr,
      long length,
      int prot,
      int flags,
      int fd,
      long offset) {
    try {
      return (MemorySegment)
          mmap$mh.get().invokeExact(errno, addr, length, prot, flags, fd, offset);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int munmap(MemorySegment errno, MemorySegment addr, long length) {
    try {
      return (int) munmap$mh.get().invokeExact(errno, addr, length);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int madvise(MemorySegment errno, MemorySegment addr, long length, int advice) {
    try {
      return (int) madvise$mh.get().invokeExact(errno, addr, length, advice);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** memfd_create(2): a file descriptor, or -1. */
  public static int memfd_create(MemorySegment errno, MemorySegment name, int flags) {
    try {
      return (int) memfd_create$mh.get().invokeExact(errno, name, flags);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** open(2): a file descriptor, or -1. */
  public static int open(MemorySegment errno, MemorySegment pathname, int flags, int mode) {
    try {
      return (int) open$mh.get().invokeExact(errno, pathname, flags, mode);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int close(MemorySegment errno, int fd) {
    try {
      return (int) close$mh.get().invokeExact(errno, fd);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static long read(MemorySegment errno, int fd, MemorySegment buf, long count) {
    try {
      return (long) read$mh.get().invokeExact(errno, fd, buf, count);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static long write(MemorySegment errno, int fd, MemorySegment buf, long count) {
    try {
      return (long) write$mh.get().invokeExact(errno, fd, buf, count);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int ioctl(MemorySegment errno, int fd, long request, long argument) {
    try {
      return (int) ioctl$mh.get().invokeExact(errno, fd, request, argument);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** epoll_create1(2): a file descriptor, or -1. */
  public static int epoll_create1(MemorySegment errno, int flags) {
    try {
      return (int) epoll_create1$mh.get().invokeExact(errno, flags);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** epoll_ctl(2); {@code event} is packed on x86-64 only, 16 bytes are enough everywhere. */
  public static int epoll_ctl(MemorySegment errno, int epfd, int op, int fd, MemorySegment event) {
    try {
      return (int) epoll_ctl$mh.get().invokeExact(errno, epfd, op, fd, event);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** epoll_wait(2): how many events, 0 after {@code timeout} milliseconds, or -1. */
  public static int epoll_wait(
      MemorySegment errno, int epfd, MemorySegment events, int maxevents, int timeout) {
    try {
      return (int) epoll_wait$mh.get().invokeExact(errno, epfd, events, maxevents, timeout);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int getpagesize() {
    try {
      return (int) getpagesize$mh.get().invokeExact();
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int prctl(
      MemorySegment errno, int option, long arg2, long arg3, long arg4, long arg5) {
    try {
      return (int) prctl$mh.get().invokeExact(errno, option, arg2, arg3, arg4, arg5);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** send(2) without errno: bytes sent, or -1. */
  public static long send(int sockfd, MemorySegment buf, long len, int flags) {
    try {
      return (long) send$mh.invokeExact(sockfd, buf, len, flags);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** recv(2) without errno: bytes received, or -1. */
  public static long recv(int sockfd, MemorySegment buf, long len, int flags) {
    try {
      return (long) recv$mh.invokeExact(sockfd, buf, len, flags);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** unshare(2): what it takes apart, it does for the calling thread only. */
  public static int unshare(MemorySegment errno, int flags) {
    try {
      return (int) unshare$mh.get().invokeExact(errno, flags);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int setns(MemorySegment errno, int fd, int nstype) {
    try {
      return (int) setns$mh.get().invokeExact(errno, fd, nstype);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int socket(MemorySegment errno, int domain, int type, int protocol) {
    try {
      return (int) socket$mh.get().invokeExact(errno, domain, type, protocol);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int bind(MemorySegment errno, int sockfd, MemorySegment addr, int addrlen) {
    try {
      return (int) bind$mh.get().invokeExact(errno, sockfd, addr, addrlen);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int connect(MemorySegment errno, int sockfd, MemorySegment addr, int addrlen) {
    try {
      return (int) connect$mh.get().invokeExact(errno, sockfd, addr, addrlen);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int listen(MemorySegment errno, int sockfd, int backlog) {
    try {
      return (int) listen$mh.get().invokeExact(errno, sockfd, backlog);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int shutdown(MemorySegment errno, int sockfd, int how) {
    try {
      return (int) shutdown$mh.get().invokeExact(errno, sockfd, how);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** if_nametoindex(3): 0 on error. */
  public static int if_nametoindex(MemorySegment errno, MemorySegment ifname) {
    try {
      return (int) if_nametoindex$mh.get().invokeExact(errno, ifname);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** sched_setaffinity(2): {@code pid} 0 is the calling thread; the mask is an array of longs. */
  public static int sched_setaffinity(
      MemorySegment errno, int pid, long cpusetsize, MemorySegment mask) {
    try {
      return (int) sched_setaffinity$mh.get().invokeExact(errno, pid, cpusetsize, mask);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int sched_getaffinity(
      MemorySegment errno, int pid, long cpusetsize, MemorySegment mask) {
    try {
      return (int) sched_getaffinity$mh.get().invokeExact(errno, pid, cpusetsize, mask);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** clock_getcpuclockid(3): 0, or the error itself; {@code clock_id} is an int. */
  public static int clock_getcpuclockid(int pid, MemorySegment clock_id) {
    try {
      return (int) clock_getcpuclockid$mh.get().invokeExact(pid, clock_id);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** timerfd_create(2): a file descriptor, or -1. */
  public static int timerfd_create(MemorySegment errno, int clockid, int flags) {
    try {
      return (int) timerfd_create$mh.get().invokeExact(errno, clockid, flags);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** timerfd_settime(2): a {@code struct itimerspec} is four longs; 0, or -1. */
  public static int timerfd_settime(
      MemorySegment errno, int fd, int flags, MemorySegment new_value, MemorySegment old_value) {
    try {
      return (int) timerfd_settime$mh.get().invokeExact(errno, fd, flags, new_value, old_value);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** clock_gettime(2): {@code tp} is two longs, seconds and nanoseconds. */
  public static int clock_gettime(MemorySegment errno, int clockid, MemorySegment tp) {
    try {
      return (int) clock_gettime$mh.get().invokeExact(errno, clockid, tp);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** kill(2) without errno: 0, or -1, for example where the process has ended. */
  public static int kill(int pid, int sig) {
    try {
      return (int) kill$mh.get().invokeExact(pid, sig);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** raise(3): to the calling thread, which has taken it when this returns. */
  public static int raise(int sig) {
    try {
      return (int) raise$mh.get().invokeExact(sig);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** getrusage(2): {@code usage} is a struct rusage, which begins with two struct timeval. */
  public static int getrusage(MemorySegment errno, int who, MemorySegment usage) {
    try {
      return (int) getrusage$mh.get().invokeExact(errno, who, usage);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** posix_spawn(3): gives the error and leaves errno alone; {@code pid} is an int. */
  public static int posix_spawn(
      MemorySegment pid,
      MemorySegment path,
      MemorySegment file_actions,
      MemorySegment attrp,
      MemorySegment argv,
      MemorySegment envp) {
    try {
      return (int) posix_spawn$mh.get().invokeExact(pid, path, file_actions, attrp, argv, envp);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** The object has 80 bytes in glibc. */
  public static int posix_spawn_file_actions_init(MemorySegment file_actions) {
    try {
      return (int) posix_spawn_file_actions_init$mh.get().invokeExact(file_actions);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** Frees what the object holds. */
  public static int posix_spawn_file_actions_destroy(MemorySegment file_actions) {
    try {
      return (int) posix_spawn_file_actions_destroy$mh.get().invokeExact(file_actions);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** Keeps {@code path}, which must live until the spawn. */
  public static int posix_spawn_file_actions_addopen(
      MemorySegment file_actions, int fildes, MemorySegment path, int oflag, int mode) {
    try {
      return (int)
          posix_spawn_file_actions_addopen$mh
              .get()
              .invokeExact(file_actions, fildes, path, oflag, mode);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** The copy is not closed by exec. */
  public static int posix_spawn_file_actions_adddup2(
      MemorySegment file_actions, int fildes, int newfildes) {
    try {
      return (int)
          posix_spawn_file_actions_adddup2$mh.get().invokeExact(file_actions, fildes, newfildes);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** The object has 336 bytes in glibc. */
  public static int posix_spawnattr_init(MemorySegment attr) {
    try {
      return (int) posix_spawnattr_init$mh.get().invokeExact(attr);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** Frees what the object holds. */
  public static int posix_spawnattr_destroy(MemorySegment attr) {
    try {
      return (int) posix_spawnattr_destroy$mh.get().invokeExact(attr);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /**
   * {@code POSIX_SPAWN_SETPGROUP} is 2, the group the child's own unless set; SETSIGDEF 4,
   * SETSIGMASK 8.
   */
  public static int posix_spawnattr_setflags(MemorySegment attr, short flags) {
    try {
      return (int) posix_spawnattr_setflags$mh.get().invokeExact(attr, flags);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** {@code sigmask} has a bit for each signal, from 1 on, in 128 bytes. */
  public static int posix_spawnattr_setsigmask(MemorySegment attr, MemorySegment sigmask) {
    try {
      return (int) posix_spawnattr_setsigmask$mh.get().invokeExact(attr, sigmask);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** {@code sigdefault} as the mask of {@link #posix_spawnattr_setsigmask}. */
  public static int posix_spawnattr_setsigdefault(MemorySegment attr, MemorySegment sigdefault) {
    try {
      return (int) posix_spawnattr_setsigdefault$mh.get().invokeExact(attr, sigdefault);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** pipe2(2): two ints, the end to read first. */
  public static int pipe2(MemorySegment errno, MemorySegment pipefd, int flags) {
    try {
      return (int) pipe2$mh.get().invokeExact(errno, pipefd, flags);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** wait4(2): {@code wstatus} is an int, {@code rusage} a struct rusage. */
  public static int wait4(
      MemorySegment errno, int pid, MemorySegment wstatus, int options, MemorySegment rusage) {
    try {
      return (int) wait4$mh.get().invokeExact(errno, pid, wstatus, options, rusage);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int geteuid() {
    try {
      return (int) geteuid$mh.get().invokeExact();
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  public static int gettid() {
    try {
      return (int) gettid$mh.get().invokeExact();
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** vsnprintf(3): bytes the whole text takes; {@code ap} as an upcall received it, usable once. */
  public static int vsnprintf(
      MemorySegment str, long size, MemorySegment format, MemorySegment ap) {
    try {
      return (int) vsnprintf$mh.get().invokeExact(str, size, format, ap);
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** strerror(3): the text in the user's language. */
  public static String strerror(int errnum) {
    try {
      return NativeLibrary.text((MemorySegment) strerror$mh.get().invokeExact(errnum));
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }

  /** The text in English, e.g. {@code Operation not permitted}; glibc 2.32 and newer. */
  public static String strerrordesc_np(int errnum) {
    try {
      return NativeLibrary.text((MemorySegment) strerrordesc_np$mh.get().invokeExact(errnum));
    } catch (Throwable t) {
      throw NativeLibrary.unexpected(t);
    }
  }
}
