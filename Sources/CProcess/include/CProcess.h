/// The Linux calls that the local executor needs and that Swift's Glibc module does not offer.
///
/// Every function returns 0 (or a descriptor) on success and a negated errno value on failure.

#ifndef ATTUNE_CPROCESS_H
#define ATTUNE_CPROCESS_H

#include <stddef.h>
#include <stdint.h>

/// A limit that the system holds a process to: `resource` is one of RLIMIT_…
typedef struct {
  int resource;
  uint64_t value;
} attune_limit;

/// What a child process is started with. All strings are NUL-terminated, and all lists end with NULL.
typedef struct {
  /// The paths at which the program may be: the first one that can be executed is.
  char *const *programs;
  char *const *argv;
  /// NAME=value entries.
  char *const *envp;
  /// A folder that is made where it is not there yet, and a file that is written, which must not be there; NULL for none. The
  /// child makes them itself, so that its parent can go on meanwhile.
  const char *folder;
  const char *file;
  const void *bytes;
  size_t size;
  /// The child's working directory.
  const char *directory;
  /// Files that standard output and standard error are added to, made when they are not there; no links.
  const char *output;
  const char *error;
  /// A descriptor that becomes standard input, or -1 for /dev/null.
  int input;
  /// The files `cgroup.procs` of the control groups that the child joins.
  char *const *groups;
  const attune_limit *limits;
  int limit_count;
  /// A bit for each processor that the child may run on, in words; those of the parent where there are none.
  const unsigned long *processors;
  int processor_words;
} attune_launch_request;

/// What the child was about to do when it failed.
enum {
  ATTUNE_STEP_PROGRAM,
  ATTUNE_STEP_FOLDER,
  ATTUNE_STEP_FILE,
  ATTUNE_STEP_OUTPUT,
  ATTUNE_STEP_ERROR,
  ATTUNE_STEP_DIRECTORY,
  ATTUNE_STEP_LIMITS
};

/// A child on its way to becoming its program. It reads this, and all that the request points to, until it is there or
/// has ended.
typedef struct {
  attune_launch_request request;
  /// Why it did not become its program: an errno value, and the step; 0 when it did.
  int failure;
  int step;
  /// What the child runs on meanwhile.
  _Alignas(16) char stack[16384];
} attune_launch;

/// Starts a child in a new session (so its pid names its process group and session too), with default
/// signal dispositions, an empty signal mask and no descriptor open but 0, 1 and 2.
///
/// The caller goes on while the child becomes its program. When that fails, the child ends, and `failure` says why. With
/// `is_awaited` the caller waits until it is known.
/// Returns the child's pid.
int attune_start(attune_launch *launch, int is_awaited);

/// Blocks those of `signals` that are not ignored in the calling thread, and in those it starts later, and returns a non-blocking
/// descriptor that becomes readable when one of them is pending.
int attune_signal_descriptor(const int *signals, int count);

/// Reads one pending signal's number from `descriptor`; 0 when none is left.
int attune_next_signal(int descriptor);

/// A non-blocking descriptor that becomes readable after `attune_wake`, until `attune_drain`.
int attune_wake_descriptor(void);
void attune_wake(int descriptor);
void attune_drain(int descriptor);

/// Gives the room of a file's bytes back to the file system; they read as zeros then, and the file keeps its length.
void attune_release(int descriptor, int64_t start, int64_t length);

/// Makes orphaned descendants of this process its children, so that it can find and end them.
int attune_become_subreaper(void);

/// The pid of a child that has ended and is not reaped yet: until it is, no other process gets its pid or its group's
/// number. 0 when there is none.
int attune_ended(void);

/// What `attune_reap` found out about a child that ended.
typedef struct {
  /// The exit code, or -1 when a signal ended the child.
  int exit_code;
  /// The signal that ended it, or 0.
  int signal;
  int64_t cpu_microseconds;
  int64_t peak_memory_kibibytes;
} attune_ended_child;

/// Reaps a child that `attune_ended` named. Returns 0.
int attune_reap(int pid, attune_ended_child *child);

#endif
