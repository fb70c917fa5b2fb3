// The shim: what stays with a container when berth-node ends. It is the same program, started again with the name
// "berth-shim"; shim_main.c takes over before Swift's main. One thread, no Swift, nothing that needs an unwinding.
//
//   berth-node ──spawn──▶ shim (own session, outlives berth-node, holds the lock, copies logs, records the exit)
//                          └─ init (pid 1 of the container's PID namespace: passes signals on, reaps)
//                              └─ the container's command
#ifndef SHIM_H
#define SHIM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { CONFIG_FILE = 3, REPORT_FILE = 4, LOCK_FILE = 5 };

struct bind {
    const char *source, *subpath, *target;
    bool readonly, create_subpath, replace;
};

// Parsed from NUL-terminated "key=value" strings; all pointers are into one buffer that lives as long as the shim.
struct config {
    char **arguments, **environment;
    size_t argument_count, environment_count;
    struct bind *binds;
    size_t bind_count;
    const char **hidden;
    size_t hidden_count;
    gid_t *groups;
    size_t group_count;
    const char *directory;      // of this attempt: started, exit, root, upper, work are made in it
    const char *log;            // file of the container's output
    const char *input;          // FIFO that is the container's standard input, or NULL
    const char *root;           // lower directory of the root file system
    const char *hostname, *net, *uts, *ipc;
    const char *working_directory;
    uint64_t log_bytes, capabilities, pid, pid_start;
    uint32_t log_files;
    uid_t user;
    gid_t group;
    bool terminal, readonly_root, no_new_privileges, privileged;
};

int config_read(struct config *config, int file);

// Writes "text: strerror" (or only text, if errno is 0) to `file` and ends the process.
_Noreturn void fail(int file, const char *format, ...) __attribute__((format(printf, 2, 3)));

void sandbox_main(const struct config *config);
void run_main(const struct config *config);
int exec_main(const struct config *config);

// Each of these ends the process through `fail(report, ...)` when it does not work.
void rootfs_enter(const struct config *config, int report);
void devices_mount(const struct config *config, int root, int report);
void system_mounts(const struct config *config, int report);
void binds_mount(const struct config *config, int root, int report);
void namespace_join(const char *path, int kind, int report);
_Noreturn void init_main(const struct config *config, const int standard[3], int report);
_Noreturn void command_main(const struct config *config, const int standard[3], int report);

// Below `root`, never outside of it whatever symbolic links say: makes what is missing, opens the last component.
int open_in_root(int root, const char *path, bool directory, mode_t mode);

struct logfile {
    const char *path;
    int file;
    uint64_t bytes, limit;
    uint32_t keep;
};
void log_open(struct logfile *log, const struct config *config);
// `stream` is 0 for stdout, 1 for stderr.
void log_write(struct logfile *log, int stream, const char *bytes, size_t length);

#endif
