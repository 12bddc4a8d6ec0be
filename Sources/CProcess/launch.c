#define _GNU_SOURCE

#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// The child shares its parent's memory, as after vfork, but its parent goes on meanwhile. So it calls the system directly:
// the C library would write its parent's `errno`.

#if defined(__x86_64__)
static long call(long number, long a, long b, long c, long d) {
  long result;
  register long fourth __asm__("r10") = d;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
static long call(long number, long a, long b, long c, long d) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
  return x0;
}
#else
#error "the system's calling convention of this processor is not known here"
#endif

/// As the system takes it: `struct sigaction` of the C library is another one.
struct disposition {
  void *handler;
  unsigned long flags;
  void *restorer;
  unsigned long mask;
};

static const unsigned long no_signals = 0;

/// A bit for each signal that this process ignores or handles: that stays as it is from the first launch on.
static uint64_t changed_signals;
static pthread_once_t signals_are_known = PTHREAD_ONCE_INIT;

static void find_changed_signals(void) {
  for (int number = 1; number <= 64; number++) {
    struct disposition own = {0};
    if (call(SYS_rt_sigaction, number, 0, (long)&own, sizeof own.mask) < 0) continue;
    if (own.handler != SIG_DFL) changed_signals |= UINT64_C(1) << (number - 1);
  }
}

static void reset_signals(void) {
  const struct disposition standard = {0};
  for (uint64_t left = changed_signals; left != 0; left &= left - 1)
    call(SYS_rt_sigaction, __builtin_ctzll(left) + 1, (long)&standard, 0, sizeof standard.mask);
}

static long open_as(int wanted, const char *path, int flags) {
  long descriptor = call(SYS_openat, AT_FDCWD, (long)path, flags, 0666);
  if (descriptor < 0 || descriptor == wanted) return descriptor;
  return call(SYS_dup3, descriptor, wanted, 0, 0);
}

static void close_others(void) {
  if (call(SYS_close_range, 3, ~0U, 0, 0) >= 0) return;
  struct rlimit limit = {0, 0};
  call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, (long)&limit);
  for (long descriptor = 3; descriptor < (long)limit.rlim_cur; descriptor++) call(SYS_close, descriptor, 0, 0, 0);
}

static long join(const char *group) {
  long descriptor = call(SYS_openat, AT_FDCWD, (long)group, O_WRONLY, 0);
  if (descriptor < 0) return descriptor;
  // The one who writes.
  return call(SYS_write, descriptor, (long)"0", 1, 0);
}

static long limit(const attune_limit *limit) {
  const struct rlimit both = {limit->value, limit->value};
  return call(SYS_prlimit64, 0, limit->resource, (long)&both, 0);
}

static long write_file(const attune_launch_request *request) {
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  long descriptor = call(SYS_openat, AT_FDCWD, (long)request->file, flags, 0666);
  if (descriptor < 0) return descriptor;
  long written = call(SYS_write, descriptor, (long)request->bytes, (long)request->size, 0);
  call(SYS_close, descriptor, 0, 0, 0);
  if (written < 0) return written;
  return written == (long)request->size ? 0 : -ENOSPC;
}

/// Does one step after the other, and gives the error of the one that fails.
static long prepare(const attune_launch_request *request, int *step) {
  const int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_APPEND;
  long status = call(SYS_setsid, 0, 0, 0, 0);
  reset_signals();
  *step = ATTUNE_STEP_LIMITS;
  for (char *const *group = request->groups; status >= 0 && *group; group++) status = join(*group);
  if (status < 0) return status;
  *step = ATTUNE_STEP_FOLDER;
  if (request->folder) status = call(SYS_mkdirat, AT_FDCWD, (long)request->folder, 0777, 0);
  if (status < 0 && status != -EEXIST) return status;
  *step = ATTUNE_STEP_FILE;
  if (request->file && (status = write_file(request)) < 0) return status;
  *step = ATTUNE_STEP_OUTPUT;
  status = request->input >= 0 ? call(SYS_dup3, request->input, 0, 0, 0) : open_as(0, "/dev/null", O_RDONLY);
  if (status >= 0) status = open_as(1, request->output, flags);
  if (status < 0) return status;
  *step = ATTUNE_STEP_ERROR;
  if ((status = open_as(2, request->error, flags)) < 0) return status;
  close_others();
  *step = ATTUNE_STEP_DIRECTORY;
  if ((status = call(SYS_chdir, (long)request->directory, 0, 0, 0)) < 0) return status;
  *step = ATTUNE_STEP_LIMITS;
  for (int i = 0; status >= 0 && i < request->limit_count; i++) status = limit(&request->limits[i]);
  if (status >= 0 && request->processor_words > 0)
    status = call(SYS_sched_setaffinity, 0, request->processor_words * (long)sizeof(unsigned long), (long)request->processors, 0);
  return status;
}

/// Returns only when none of the programs can be executed: with the error that tells most.
static long execute(const attune_launch_request *request) {
  long status = -ENOENT;
  for (char *const *program = request->programs; *program; program++) {
    long error = call(SYS_execve, (long)*program, (long)request->argv, (long)request->envp, 0);
    if (error != -ENOENT && error != -ENOTDIR) status = error;
    if (error != -ENOENT && error != -ENOTDIR && error != -EACCES) break;
  }
  return status;
}

static int become_program(void *argument) {
  attune_launch *launch = argument;
  int step = ATTUNE_STEP_PROGRAM;
  long status = prepare(&launch->request, &step);
  if (status >= 0) {
    step = ATTUNE_STEP_PROGRAM;
    call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&no_signals, 0, sizeof no_signals);
    status = execute(&launch->request);
  }
  launch->step = step;
  launch->failure = (int)-status;
  call(SYS_exit_group, 127, 0, 0, 0);
  return 127;
}

int attune_start(attune_launch *launch, int is_awaited) {
  launch->failure = 0;
  pthread_once(&signals_are_known, find_changed_signals);
  sigset_t all, before;
  sigfillset(&all);
  // The child must meet no signal before its dispositions are its own.
  sigprocmask(SIG_BLOCK, &all, &before);
  const int flags = CLONE_VM | (is_awaited ? CLONE_VFORK : 0) | SIGCHLD;
  int pid = clone(become_program, launch->stack + sizeof launch->stack, flags, launch);
  int status = pid >= 0 ? pid : -errno;
  sigprocmask(SIG_SETMASK, &before, NULL);
  return status;
}
