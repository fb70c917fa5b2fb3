// What the node agent needs of the kernel and Swift cannot call: system calls without a glibc prototype in Swift's
// view, and the start of a shim (see shim.h). Functions return -1 and set errno, as system calls do, unless said.
#ifndef CNODE_H
#define CNODE_H

#include <stdint.h>
#include <sys/types.h>

// openat2(2). `resolve` is a sum of the CNODE_RESOLVE values.
#define CNODE_RESOLVE_NO_XDEV 0x01
#define CNODE_RESOLVE_NO_MAGICLINKS 0x02
#define CNODE_RESOLVE_NO_SYMLINKS 0x04
#define CNODE_RESOLVE_BENEATH 0x08
#define CNODE_RESOLVE_IN_ROOT 0x10
int cnode_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);

int cnode_pidfd_open(pid_t pid);
int cnode_pidfd_send_signal(int pidfd, int signal);

// The kernel's start time of a process in clock ticks since boot (field 22 of /proc/PID/stat), or 0 if there is no
// such process. Together with the pid it names one process for ever (until the next boot).
uint64_t cnode_start_time(pid_t pid);

// A set of descriptors (epoll) that is told which of them became readable, each once.
int cnode_waiter_create(void);
int cnode_waiter_add(int waiter, int descriptor);
// Blocks; the descriptor that became readable.
int cnode_waiter_next(int waiter);

// Whether a namespace is pinned at `path`.
int cnode_is_namespace(const char *path);

// Project quotas of the file system that `descriptor` is on. 1: limits are enforced, 0: they are not, -1: it has none.
int cnode_quota_is_enforced(int descriptor);
// The project that a directory belongs to; 0 is nobody's.
int cnode_project(int directory, uint32_t *project);
// New entries of the directory inherit the project.
int cnode_set_project(int directory, uint32_t project);
// Limit and use of a project in bytes; a project that was never heard of has neither.
int cnode_quota(int descriptor, uint32_t project, uint64_t *limit, uint64_t *used);
// 0: no limit.
int cnode_set_quota(int descriptor, uint32_t project, uint64_t limit);

// rename that refuses to replace (RENAME_NOREPLACE).
int cnode_rename_new(int from_directory, const char *from, int to_directory, const char *to);

int cnode_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data);
// Takes the topmost mount off `target`, also while it is in use (MNT_DETACH).
int cnode_unmount(const char *target);

// A connected, non-blocking TCP socket to 127.0.0.1:port inside the network namespace that `netns` names. Works on a
// thread of its own, so that the caller's thread stays in its namespace.
int cnode_connect_in_netns(const char *netns, uint16_t port);

// Opens a pseudo terminal: the master as the result, the other side in `*terminal`. Both close-on-exec.
int cnode_open_terminal(int *terminal);
int cnode_resize_terminal(int master, uint16_t columns, uint16_t rows);

// Descriptors of a shim: standard input, output, error; 3 its configuration, 4 where it reports, 5 its lock.
#define CNODE_SHIM_FILES 6
// Starts this program again as a shim that does `verb`; -1 in `files` means /dev/null for 0..2 and closed for 3..5.
// Returns an errno value, 0 for success.
int cnode_spawn_shim(const char *verb, const int files[CNODE_SHIM_FILES], pid_t *pid);
// Starts any program with the three standard descriptors, as above.
int cnode_spawn(const char *path, char *const arguments[], char *const environment[], const int files[3], pid_t *pid);

// A pipe, both ends close-on-exec: [0] to read, [1] to write.
int cnode_pipe(int ends[2]);
// Waits until something can be read from `descriptor`, or its other side has gone. Returns 1, and 0 after the time.
int cnode_wait_readable(int descriptor, int milliseconds);
// An anonymous file for a configuration; close-on-exec.
int cnode_memory_file(void);

#endif
