#define _GNU_SOURCE

#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

int attune_signal_descriptor(const int *signals, int count) {
  sigset_t set;
  sigemptyset(&set);
  for (int i = 0; i < count; i++) {
    struct sigaction action;
    // What nohup or a shell's background job made this program ignore stays ignored: a blocked signal would not be.
    int is_ignored = sigaction(signals[i], NULL, &action) == 0 && action.sa_handler == SIG_IGN;
    if (!is_ignored || signals[i] == SIGCHLD) sigaddset(&set, signals[i]);
  }
  int status = pthread_sigmask(SIG_BLOCK, &set, NULL);
  if (status != 0) return -status;
  int descriptor = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  return descriptor >= 0 ? descriptor : -errno;
}

int attune_next_signal(int descriptor) {
  struct signalfd_siginfo info;
  return read(descriptor, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

int attune_wake_descriptor(void) {
  int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return descriptor >= 0 ? descriptor : -errno;
}

void attune_wake(int descriptor) {
  const uint64_t one = 1;
  // The counter cannot overflow in practice, and a full one is readable, which is all that is wanted.
  ssize_t written = write(descriptor, &one, sizeof one);
  (void)written;
}

void attune_drain(int descriptor) {
  uint64_t count;
  ssize_t taken = read(descriptor, &count, sizeof count);
  (void)taken;
}

void attune_release(int descriptor, int64_t start, int64_t length) {
  // A file system that cannot do it keeps them.
  int status = fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, start, length);
  (void)status;
}

int attune_become_subreaper(void) {
  return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 ? 0 : -errno;
}

int attune_ended(void) {
  siginfo_t info;
  info.si_pid = 0;
  return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 ? info.si_pid : 0;
}

int attune_reap(int pid, attune_ended_child *child) {
  int status;
  struct rusage usage;
  if (wait4(pid, &status, WNOHANG, &usage) != pid) return -errno;
  child->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  child->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  child->cpu_microseconds = (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
                            usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
  child->peak_memory_kibibytes = usage.ru_maxrss;
  return 0;
}
