// The configuration of a shim: NUL-terminated "key=value" strings, written by ShimConfiguration.swift.
#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *read_all(int file, size_t *length) {
    struct stat status;
    if (fstat(file, &status) != 0) return NULL;
    char *text = malloc((size_t)status.st_size + 1);
    if (!text) return NULL;
    *length = 0;
    while (*length < (size_t)status.st_size) {
        ssize_t got = pread(file, text + *length, (size_t)status.st_size - *length, (off_t)*length);
        if (got <= 0) return NULL;
        *length += (size_t)got;
    }
    text[*length] = 0;
    return text;
}

static bool set_text(struct config *config, const char *key, const char *value) {
    const struct {
        const char *key;
        const char **field;
    } table[] = {
        {"directory", &config->directory}, {"log", &config->log}, {"input", &config->input}, {"root", &config->root},
        {"hostname", &config->hostname}, {"net", &config->net}, {"uts", &config->uts}, {"ipc", &config->ipc},
        {"cwd", &config->working_directory},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strcmp(table[i].key, key) != 0) continue;
        *table[i].field = value;
        return true;
    }
    return false;
}

static bool set_number(struct config *config, const char *key, const char *value) {
    uint64_t number = strtoull(value, NULL, 10);
    if (strcmp(key, "user") == 0) config->user = (uid_t)number;
    else if (strcmp(key, "group") == 0) config->group = (gid_t)number;
    else if (strcmp(key, "log.bytes") == 0) config->log_bytes = number;
    else if (strcmp(key, "log.files") == 0) config->log_files = (uint32_t)number;
    else if (strcmp(key, "capabilities") == 0) config->capabilities = number;
    else if (strcmp(key, "pid") == 0) config->pid = number;
    else if (strcmp(key, "pid.start") == 0) config->pid_start = number;
    else if (strcmp(key, "terminal") == 0) config->terminal = number;
    else if (strcmp(key, "root.readonly") == 0) config->readonly_root = number;
    else if (strcmp(key, "nonewprivileges") == 0) config->no_new_privileges = number;
    else if (strcmp(key, "privileged") == 0) config->privileged = number;
    else return false;
    return true;
}

// A "bind" starts a new one; the bind.* keys that follow belong to it.
static bool set_bind(struct config *config, const char *key, const char *value) {
    if (strcmp(key, "bind") == 0) {
        config->binds[config->bind_count++] = (struct bind){.target = value};
        return true;
    }
    if (strncmp(key, "bind.", 5) != 0 || config->bind_count == 0) return false;
    struct bind *bind = &config->binds[config->bind_count - 1];
    if (strcmp(key, "bind.source") == 0) bind->source = value;
    else if (strcmp(key, "bind.subpath") == 0) bind->subpath = value;
    else if (strcmp(key, "bind.readonly") == 0) bind->readonly = true;
    else if (strcmp(key, "bind.create") == 0) bind->create_subpath = true;
    else if (strcmp(key, "bind.replace") == 0) bind->replace = true;
    else return false;
    return true;
}

static bool set_list(struct config *config, const char *key, char *value) {
    if (strcmp(key, "argument") == 0) config->arguments[config->argument_count++] = value;
    else if (strcmp(key, "environment") == 0) config->environment[config->environment_count++] = value;
    else if (strcmp(key, "hide") == 0) config->hidden[config->hidden_count++] = value;
    else if (strcmp(key, "groups") == 0) config->groups[config->group_count++] = (gid_t)strtoul(value, NULL, 10);
    else return false;
    return true;
}

int config_read(struct config *config, int file) {
    size_t length;
    memset(config, 0, sizeof *config);
    char *text = read_all(file, &length);
    if (!text) return -1;
    size_t strings = 1;
    for (size_t i = 0; i < length; i++) strings += text[i] == 0;
    config->arguments = calloc(strings + 1, sizeof *config->arguments);
    config->environment = calloc(strings + 1, sizeof *config->environment);
    config->hidden = calloc(strings, sizeof *config->hidden);
    config->groups = calloc(strings, sizeof *config->groups);
    config->binds = calloc(strings, sizeof *config->binds);
    if (!config->arguments || !config->environment || !config->hidden || !config->groups || !config->binds) return -1;
    for (char *line = text, *next; line < text + length; line = next) {
        next = line + strlen(line) + 1;
        char *value = strchr(line, '=');
        if (!value) continue;
        *value++ = 0;
        if (set_text(config, line, value) || set_number(config, line, value) || set_bind(config, line, value)
            || set_list(config, line, value))
            continue;
        errno = EINVAL;
        return -1;
    }
    return 0;
}
